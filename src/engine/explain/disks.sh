# shellcheck shell=sh
# Prints a line of `df -Pk` for each file system that the places are on.
#   $@  folders; one that is not there is left out

for place in "$@"; do
  df -Pk -- "$place" 2> /dev/null | tail -n 1
done | sort -u
