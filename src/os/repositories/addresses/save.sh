# shellcheck shell=sh
# Keeps files in "$D". Runs under sh -eu.
# "$@" = files
# include: ../../../shell/lib/saved-path.sh

slot=0
for path in "$@"; do
  slot=$((slot + 1))
  save_path "$path" "file-$slot"
done
