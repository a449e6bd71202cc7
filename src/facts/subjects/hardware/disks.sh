# shellcheck shell=sh
# "$@" = paths. Prints for each, whether it is there or not yet: the path, and the line of df(1) for its file system.

for path in "$@"; do
  there=$path
  while [ ! -e "$there" ]; do
    there=${there%/*}
    there=${there:-/}
  done
  echo "$path $(df -Pk "$there" | tail -n 1)"
done
