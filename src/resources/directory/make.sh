# shellcheck shell=sh
# Makes a folder where it is missing, and sets owner and mode.
# $1 = path, $2 = owner:group, $3 = mode
# $4 = mode to make it with, which lets in nobody but root until the owner is right
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/label.sh

if [ ! -d "$1" ]; then
  if [ -e "$1" ] || [ -L "$1" ]; then
    die "$1 exists and is not a directory. Move it away and run again."
  fi
  (umask 022; mkdir -p -- "$(dirname -- "$1")") && mkdir -m "$4" -- "$1" || exit 1
  label "$1"
fi
chown -- "$2" "$1" && chmod -- "$3" "$1"
