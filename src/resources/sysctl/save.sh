# shellcheck shell=sh
# Keeps the value in "$D". Runs under sh -eu.
# $1 = path below /proc/sys

if [ -e "$1" ]; then
  cat < "$1" > "$D/value"
fi
