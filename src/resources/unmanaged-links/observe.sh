# shellcheck shell=sh
# Prints runs=SERVICE for each that does, with is=SERVICE DIGEST of its file and read=SERVICE DIGEST of what it has read last.
# "$@" = service, path and stamp, in turn
# include: services.sh

while [ $# -ge 3 ]; do
  if runs "$1"; then
    echo "runs=$1"
    [ ! -f "$2" ] || echo "is=$1 $(sha256sum < "$2" | cut -d ' ' -f 1)"
    [ ! -r "$3" ] || echo "read=$1 $(cat < "$3")"
  fi
  shift 3
done
