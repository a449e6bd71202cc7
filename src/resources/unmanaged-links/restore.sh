# shellcheck shell=sh
# Puts back what save.sh kept in "$D", and lets the services read it. One that does not is told.
# "$@" = service, path and stamp, in turn
# include: ../../shell/lib/saved-path.sh
# include: services.sh

while [ $# -ge 3 ]; do
  restore_path "$2" "$1"
  rm -f -- "$3"
  if runs "$1"; then
    reload_links "$1" > /dev/null || echo "$1 could not be made to read its files again; restart it when that does no harm"
  fi
  shift 3
done
