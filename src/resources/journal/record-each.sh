# shellcheck shell=sh
# Runs under sh -eu, for record.sh, with its words: what fails ends all. (A shell of its own: where a caller asks for the exit code,
# errors of what it runs would end nothing.)
# JOURNAL: folder of the entries, NEW: an empty folder beside them

id=
# shellcheck disable=SC2154
trap 'code=$?; [ "$code" = 0 ] || { echo "Error: could not record what was there before: $id" >&2; exit 1; }' EXIT

# is_recorded SLUG
is_recorded() {
  for entry in "$JOURNAL"/[0-9]*-"$1"; do
    [ ! -e "$entry" ] || return 0
  done
  return 1
}

last=000000
for entry in "$JOURNAL"/[0-9]*; do
  [ -e "$entry" ] || continue
  last=${entry##*/}
  last=${last%%-*}
done

while [ "$#" -gt 0 ]; do
  echo "$1"
  if ! is_recorded "$1"; then
    id=$2
    mkdir -- "$NEW/entry"
    printf '%s\n' "$2" > "$NEW/entry/id"
    printf '%s\n' "$3" > "$NEW/entry/summary"
    printf '%s\n' "$4" > "$NEW/entry/restore.sh"
    printf '%s\n' "$6" > "$NEW/entry/kind"
    printf '%s\n' "$7" > "$NEW/entry/data.json"
    if [ -n "$5" ]; then
      (
        D=$NEW/entry
        export D
        eval "$5"
      )
    fi
    # The leading 1 keeps the shell from reading 000008 as an octal number.
    last=$(printf %06d "$((1$last % 1000000 + 1))")
    mv -T -- "$NEW/entry" "$JOURNAL/$last-$1"
  fi
  shift 7
done
