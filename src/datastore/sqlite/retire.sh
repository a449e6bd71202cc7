# shellcheck shell=sh
# Takes the database, which the server does not use now, out of its place, with its write-ahead log, into a folder that is printed; nothing
# where nothing was. Cut anywhere, the log is where the database is.
# $1 = database, $2 = folder to keep it in
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/sync.sh

umask 077
folder=$(dirname -- "$1")
name=${1##*/}
[ -e "$1" ] || exit 0
mkdir -p -- "$2" &&
  { [ ! -e "$1-wal" ] || { cp -- "$1-wal" "$2/$name-wal" && sync_file "$2/$name-wal"; }; } &&
  mv -T -- "$1" "$2/$name" && rm -f -- "$1-wal" "$1-shm" "$1-alive" && sync_file "$2" "$folder" || die "Error: $1 cannot be kept in $2"
printf '%s\n' "$2"
