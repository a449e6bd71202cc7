# shellcheck shell=sh
# Asks OpenSSH on the operator's machine about one destination after the other: a process for each of a thousand hosts costs the one
# who starts them more than ssh itself. Behind each answer stands a line with MARK and the exit code; of one that failed its reason is
# the answer.
# $1 = configuration, $2 = a file for what ssh complains about
# then three words for each destination: its name, the user, the port; empty: it is not said
# MARK: begins the line behind an answer

config=$1
complaints=$2
shift 2
command -v ssh > /dev/null || exit 127
while [ $# -ge 3 ]; do
  ssh -G -F "$config" ${2:+-l "$2"} ${3:+-p "$3"} -- "$1" 2> "$complaints" < /dev/null
  code=$?
  [ "$code" = 0 ] || cat < "$complaints"
  printf '\n%s %s\n' "$MARK" "$code"
  shift 3
done
