# shellcheck shell=sh
# Prints type=folder|other|absent, and of a folder (or a link to one) mode, owner, uid, group and gid.
# $1 = path
# include: ../../shell/lib/absent.sh

if [ -d "$1" ]; then
  stat -L -c 'type=folder
mode=%a
owner=%U
uid=%u
group=%G
gid=%g' -- "$1" || exit 1
elif [ -e "$1" ] || [ -L "$1" ]; then
  echo type=other
else
  must_be_absent "$1"
  echo type=absent
fi
