# shellcheck shell=sh
# Puts back what save.sh kept in "$D".
# $1 = stamp; the others = the paths of save.sh, in reverse order
# include: ../../shell/lib/saved-path.sh

rm -f -- "$1"
shift
slot=$#
for path in "$@"; do
  slot=$((slot - 1))
  restore_path "$path" "$slot"
done
