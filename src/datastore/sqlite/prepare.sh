# shellcheck shell=sh
# Reads all of a copy, then makes its revisions go on ahead.
# $1 = copy, $2 = revisions to go ahead, $3 = the server's program

"$3" datastore check --database "$1" > /dev/null && "$3" datastore prepare --database "$1" --ahead "$2"
