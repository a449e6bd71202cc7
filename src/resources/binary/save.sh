# shellcheck shell=sh
# Keeps what is at each path in "$D". Runs under sh -eu.
# "$@" = paths of the program and its links
# include: ../../shell/lib/saved-path.sh

slot=0
for path in "$@"; do
  save_path "$path" "$slot"
  slot=$((slot + 1))
done
