# shellcheck shell=sh
# make_link PATH TARGET: puts a symbolic link in place by rename, so that no moment has neither the old nor the new.
# Ends the script with code 1 and the reason when it cannot.
# include: die.sh

make_link() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    die "$1 is a directory; kinit needs a link there. Move it away and run again."
  fi
  (umask 022; mkdir -p -- "$(dirname -- "$1")") &&
    rm -f -- "$1.kinit-new" &&
    ln -s -- "$2" "$1.kinit-new" &&
    mv -f -T -- "$1.kinit-new" "$1" || exit 1
}
