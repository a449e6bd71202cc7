# shellcheck shell=sh
# Fetches files from a host of the same site, each to where a sending of kinit's looks for what is there already. Bash opens the
# connections: every host has it, while curl and wget may be absent. What does not come, or comes wrong, is left out.
# GET: the program for bash; ADDRESS, PORT, SECRET: of who gives
# "$@" = three words for each: its SHA-256, its size in bytes, its path
# Prints 'got SHA-256' for each that is there then.
# include: ../../shell/lib/sha256.sh
# include: ../../shell/lib/sync.sh

command -v bash > /dev/null || exit 0
export SECRET

# A way that a firewall swallows is told from a slow one by the time it takes to connect.
timeout 5 bash --norc -c "$GET" get "$ADDRESS" "$PORT" 2> /dev/null || exit 0

# get SUM SIZE FILE: at a megabyte a second at least
get() {
  mkdir -p -- "${3%/*}" && (umask 077 && true > "$3") &&
    timeout $((30 + $2 / 1000000)) bash --norc -c "$GET" get "$ADDRESS" "$PORT" "$1" "$2" > "$3" 2> /dev/null &&
    [ "$(sha256_of "$3")" = "$1" ] && sync_file "$3"
}

while [ "$#" -gt 0 ]; do
  part=$3
  if [ -e "$part" ]; then
    echo "got $1"
  elif get "$1" "$2" "$part.fetched"; then
    mv -f -T -- "$part.fetched" "$part" && echo "got $1"
  else
    rm -f -- "$part.fetched"
  fi
  shift 3
done
