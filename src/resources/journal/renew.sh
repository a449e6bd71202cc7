# shellcheck shell=sh
# Puts another restore.sh into an entry: what the present code makes of its data. An entry that is gone stays gone.
# $1 = state folder, $2 = name of the entry, $3 = text
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/sync.sh

entry=$1/journal/$2
[ -d "$entry" ] || exit 0
umask 077
printf '%s\n' "$3" > "$entry/restore.new" && sync_file "$entry/restore.new" && mv -f -- "$entry/restore.new" "$entry/restore.sh" ||
  die "$entry/restore.sh cannot be written"
