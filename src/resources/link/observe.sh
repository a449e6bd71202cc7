# shellcheck shell=sh
# Prints type=link|folder|other|absent, and of a link target=PATH.
# $1 = path

if [ -L "$1" ]; then
  echo type=link
  printf 'target=%s\n' "$(readlink -- "$1")"
elif [ -d "$1" ]; then
  echo type=folder
elif [ -e "$1" ]; then
  echo type=other
else
  echo type=absent
fi
