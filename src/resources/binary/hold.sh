# shellcheck shell=sh
# Makes links of a program names of what it is now: it is about to be replaced, and they stay with the program of before.
# $1 = path of the program; the others = links. What names something else is left as it is.

program=$1
shift
for link in "$@"; do
  [ "$(readlink -- "$link" 2> /dev/null)" = "$program" ] || continue
  rm -f -- "$link.kinit-new" && ln -- "$program" "$link.kinit-new" && mv -f -T -- "$link.kinit-new" "$link" || exit 1
done
