# shellcheck shell=sh
# Keeps what is at the services' paths in "$D". Runs under sh -eu.
# "$@" = service, path and stamp, in turn
# include: ../../shell/lib/saved-path.sh

while [ $# -ge 3 ]; do
  save_path "$2" "$1"
  shift 3
done
