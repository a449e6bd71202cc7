# shellcheck shell=sh
# Runs a verb of the server's own care of its database (components/embedded/care.go).
# $1 = verb, $2 = database, $3 = file to write; empty: none, $4 = the server's program
# include: ../../shell/lib/die.sh

command -v -- "$4" > /dev/null || die "Error: $4 is not on this host; kinit init brings it"
umask 077
[ -z "$3" ] || rm -f -- "$3"
"$4" datastore "$1" --database "$2" ${3:+--output "$3"}
