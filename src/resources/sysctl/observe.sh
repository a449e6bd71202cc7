# shellcheck shell=sh
# Prints value=VALUE; or module=yes where the parameter is not there, but a module that can be loaded brings it.
# $1 = path below /proc/sys, $2 = that module, or empty

if [ -e "$1" ]; then
  # cat, not read: dash reads a byte at a time, and /proc/sys answers the first read only.
  value=$(cat < "$1") || exit 1
  printf 'value=%s\n' "$value"
elif [ -n "$2" ] && modprobe -nq -- "$2" 2> /dev/null; then
  echo module=yes
fi
