# shellcheck shell=sh
# Records entries under STATE/journal/NUMBER-SLUG/: id, summary, kind, data.json, restore.sh and what SAVE wrote. Each is made in a
# temporary folder and moved into place, so that an entry is there whole or not at all. One that is recorded already stays as it is.
# Exit code 1: not all are recorded, so the changes must not be made. Prints a line for each, as a sign of life.
# STATE: state folder. EACH: record-each.sh, which a shell of its own runs.
# "$@" = seven words for each entry:
# slug, which stands for the id in names
# id
# summary
# sh text that puts back what was there, from "$D"
# sh text that saves it into "$D"; empty: nothing to save
# kind of resource and version of what is kept
# data for its undo (JSON)

journal=$STATE/journal
umask 077
mkdir -p -- "$journal" && chmod 700 "$STATE" "$journal" || exit 1
new=$(mktemp -d "$journal/.new-XXXXXX") || exit 1
trap 'rm -rf -- "$new"' EXIT
JOURNAL=$journal NEW=$new sh -eu -c "$EACH" record "$@" < /dev/null || exit 1
