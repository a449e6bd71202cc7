# shellcheck shell=sh
# "$@" = paths. Prints for each, whether it is there or not yet: the path, and the line of df(1) for its file system.

NL='
'

# A network file system whose server is gone keeps df(1) waiting.
table_of() { timeout 10 df -Pk "$@"; }

# there PATH: it, or the folder it will be made in.
there() {
  there=$1
  while [ ! -e "$there" ]; do
    there=${there%/*}
    there=${there:-/}
  done
}

# tell TABLE PATH...: a line of the table belongs to each path, the heading aside.
tell() {
  table=$1
  shift
  for path in "$@"; do
    table=${table#*"$NL"}
    printf '%s %s\n' "$path" "${table%%"$NL"*}"
  done
}

all() {
  left=$#
  while [ "$left" -gt 0 ]; do
    there "$1"
    set -- "$@" "$there"
    shift
    left=$((left - 1))
  done
  table_of "$@"
}

table=$(all "$@") || exit 1
tell "$table" "$@"
