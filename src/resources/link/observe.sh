# shellcheck shell=sh
# Prints type=link|folder|other|absent, and of a link target=PATH.
# $1 = path
# include: ../../shell/lib/absent.sh

if [ -L "$1" ]; then
  echo type=link
  target=$(readlink -- "$1") || exit 1
  printf 'target=%s\n' "$target"
elif [ -d "$1" ]; then
  echo type=folder
elif [ -e "$1" ]; then
  echo type=other
else
  must_be_absent "$1"
  echo type=absent
fi
