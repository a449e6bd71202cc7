# shellcheck shell=sh
# Reads all of a copy, then makes its revisions go on ahead; of one that fails nothing is left.
# $1 = copy, $2 = revisions to go ahead, $3 = the server's program

{ "$3" datastore check --database "$1" > /dev/null && "$3" datastore prepare --database "$1" --ahead "$2"; } || {
  rm -f -- "$1" "$1-wal" "$1-shm"
  exit 1
}
