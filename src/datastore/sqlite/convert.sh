# shellcheck shell=sh
# Writes what the database, which the server does not use now, holds as a snapshot of etcd. Prints what it holds (JSON).
# $1 = database, $2 = file to write, $3 = the server's program
# include: ../../shell/lib/die.sh

command -v -- "$3" > /dev/null || die "Error: $3 is not on this host; kinit init brings it"
umask 077
mkdir -p -- "${2%/*}" || exit 1
# What a run that was cut has left.
rm -rf -- "$2" "${2%/*}"/.convert-*
"$3" datastore convert --database "$1" --output "$2"
