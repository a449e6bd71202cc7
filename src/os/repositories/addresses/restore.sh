# shellcheck shell=sh
# Puts back what save.sh kept in "$D".
# "$@" = the same files
# include: ../../../shell/lib/saved-path.sh

slot=0
for path in "$@"; do
  slot=$((slot + 1))
  restore_path "$path" "file-$slot"
done
