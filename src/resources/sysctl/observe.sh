# shellcheck shell=sh
# Prints 'PATH:LINE' for each line of each parameter that is there, in one process for all; 'module PATH' where it is not there, but a
# module that can be loaded brings it.
# Two arguments for each: path below /proc/sys; that module, or empty

values() {
  left=$(($# / 2))
  while [ "$left" -gt 0 ]; do
    [ ! -e "$1" ] || set -- "$@" "$1"
    shift 2
    left=$((left - 1))
  done
  # /dev/null: with one file grep would not say whose line it is.
  [ $# -eq 0 ] || grep '' -- "$@" /dev/null || [ $? -eq 1 ]
}

values "$@" || exit 1
while [ $# -gt 0 ]; do
  if [ ! -e "$1" ] && [ -n "$2" ] && modprobe -nq -- "$2" 2> /dev/null; then
    printf 'module %s\n' "$1"
  fi
  shift 2
done
:
