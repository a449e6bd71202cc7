# shellcheck shell=sh
# Files as they are, keys too: '=PATH', each line after a blank, and one line break. What does not exist is left out.
# "$@" = paths

for file in "$@"; do
  [ -f "$file" ] || continue
  printf '=%s\n' "$file"
  sed 's/^/ /' "$file" || exit 1
  echo
done
