# shellcheck shell=sh
# "$@" = paths. Prints for each, whether it is there or not yet: the path, and the line of df(1) for its file system.

for path in "$@"; do
  there=$path
  while [ ! -e "$there" ]; do
    there=${there%/*}
    there=${there:-/}
  done
  # A network file system whose server is gone keeps df(1) waiting.
  table=$(timeout 10 df -Pk "$there") || exit 1
  echo "$path $(printf '%s\n' "$table" | tail -n 1)"
done
