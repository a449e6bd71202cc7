# shellcheck shell=sh
# Records one entry under STATE/journal/NUMBER-SLUG/: id, summary, kind, data.json, restore.sh and what SAVE wrote. It is made in a
# temporary folder and moved into place, so that an entry is there whole or not at all. Does nothing when it is recorded
# already. Exit code 1: nothing was recorded, so the change must not be made.
# $1 = state folder, $2 = slug, which stands for the id in names
# $3 = id, $4 = summary
# $5 = sh text that puts back what was there, from "$D"
# $6 = sh text that saves it into "$D"; empty: nothing to save
# $7 = kind of resource and version of what is kept, $8 = data for its undo (JSON)
# include: ../../shell/lib/die.sh

journal=$1/journal
umask 077
mkdir -p -- "$journal" && chmod 700 "$1" "$journal" || exit 1

for entry in "$journal"/[0-9]*-"$2"; do
  [ ! -e "$entry" ] || exit 0
done

new=$(mktemp -d "$journal/.new-XXXXXX") || exit 1
trap 'rm -rf -- "$new"' EXIT
printf '%s\n' "$3" > "$new/id" &&
  printf '%s\n' "$4" > "$new/summary" &&
  printf '%s\n' "$7" > "$new/kind" &&
  printf '%s\n' "$8" > "$new/data.json" &&
  printf '%s\n' "$5" > "$new/restore.sh" || exit 1
if [ -n "$6" ]; then
  D="$new" sh -eu -c "$6" < /dev/null || die "could not record what was there before: $3"
fi

last=000000
for entry in "$journal"/[0-9]*; do
  [ -e "$entry" ] || continue
  last=${entry##*/}
  last=${last%%-*}
done
# The leading 1 keeps the shell from reading 000008 as an octal number.
mv -T -- "$new" "$journal/$(printf %06d "$((1$last % 1000000 + 1))")-$2"
