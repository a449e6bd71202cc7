# shellcheck shell=sh
# Puts a copy in the place of the database, which the server does not use now. What was there is kept with its write-ahead log, in a
# folder that is printed; nothing where nothing was. Cut anywhere, the old one is whole, either in its place or there: the log
# is copied first, then the database goes over by its name at once. While there is neither old nor new, a mark is there (leftovers.ts).
# $1 = database, $2 = copy, $3 = folder to keep the old one in, $4 = the mark
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/sync.sh

umask 077
folder=$(dirname -- "$1")
name=${1##*/}
[ -e "$2" ] || die "Error: $2 is not there"
kept=$3
if [ -e "$1" ]; then
  mkdir -p -- "$kept" &&
    { [ ! -e "$1-wal" ] || { cp -- "$1-wal" "$kept/$name-wal" && sync_file "$kept/$name-wal"; }; } &&
    : > "$4" && sync_file "$kept" "$4" "$folder" && mv -T -- "$1" "$kept/$name" || {
    rm -f -- "$4" "$kept/$name-wal"
    rmdir -- "$kept"
    die "Error: $1 cannot be kept in $kept"
  }
  sync_file "$kept" "$folder" || exit 1
else
  # A run before this one was cut here.
  kept=$(find "$folder" -maxdepth 2 -path "*/replaced-*/$name" | sort | tail -n 1)
  kept=${kept%/*}
fi
# The log of the old one; that of the copy is empty.
rm -f -- "$1-wal" "$1-shm" "$2-wal" "$2-shm"
sync_file "$2" && mv -T -- "$2" "$1" || die "Error: $2 cannot be put in the place of $1"
sync_file "$folder" || exit 1
rm -f -- "$4"
printf '%s\n' "$kept"
