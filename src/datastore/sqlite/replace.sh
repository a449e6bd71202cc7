# shellcheck shell=sh
# Puts a copy in the place of the database, which the server does not use now. What was there is kept first, with its write-ahead
# log, by a second name: killed anywhere there is a database, and the old one is whole in the folder that is printed.
# $1 = database, $2 = copy, $3 = folder to keep the old one in
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/sync.sh

umask 077
mkdir -p -- "$3" || exit 1
for file in "$1" "$1-wal" "$1-shm"; do
  [ ! -e "$file" ] || ln -f -- "$file" "$3/${file##*/}" || die "Error: $file cannot be kept in $3"
done
sync_file "$3" "$2" || exit 1
rm -f -- "$1-wal" "$1-shm" && mv -f -T -- "$2" "$1" || die "Error: $2 cannot be put in the place of $1"
rm -f -- "$2-wal" "$2-shm"
sync_file "$(dirname -- "$1")" || exit 1
printf '%s\n' "$3"
