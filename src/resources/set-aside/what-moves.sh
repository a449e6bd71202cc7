# shellcheck shell=sh
# what_moves PATH: prints what is moved, a path a line: the thing itself, or, of a folder that is a mount point or a link
# to one, what is in it. A file system's own lost+found stays.

what_moves() {
  [ -e "$1" ] || [ -L "$1" ] || return 0
  if keeps_folder "$1"; then
    find "$1/" -mindepth 1 -maxdepth 1 ! -name lost+found
  else
    printf '%s\n' "$1"
  fi
}

keeps_folder() {
  [ -d "$1" ] || return 1
  [ ! -L "$1" ] || return 0
  # Of folders: overlayfs gives a link another device than the folder it is in.
  [ "$(stat -L -c %d -- "$1")" != "$(stat -L -c %d -- "$(dirname -- "$1")")" ] || is_mounted "$1"
}

is_mounted() {
  while read -r _ mount _; do
    [ "$mount" != "$1" ] || return 0
  done < /proc/self/mounts
  return 1
}
