# shellcheck shell=sh
# Prints files, one after the other, each with what goes in front of it where that is there beside it. "$@" = their paths

for file; do
  [ ! -e "$file.head" ] || cat -- "$file.head" || exit 1
  cat -- "$file" || exit 1
done
