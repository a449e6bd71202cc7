# shellcheck shell=sh
# carry FROM TO: moves a file, link or folder with all that belongs to it (owner, mode, times, attributes), and TO never
# holds half of it. Across file systems it is a copy, which is called TO.kinit-copied once it is whole: a run after a crash
# deletes then what is left of FROM. Returns 1, and says why, where TO is somebody else's.

carry() {
  if [ ! -e "$2.kinit-copied" ] && [ ! -L "$2.kinit-copied" ]; then
    [ -e "$1" ] || [ -L "$1" ] || return 0
    if [ -e "$2" ] || [ -L "$2" ]; then
      echo "$1 is there and $2 too: one was made anew. Stop what makes it, or move one of them away." >&2
      return 1
    fi
    if [ "$(stat -c %d -- "$1")" = "$(stat -c %d -- "$(dirname -- "$2")")" ]; then
      mv -T -- "$1" "$2"
      return
    fi
    copy_whole "$1" "$2" || return 1
  fi
  rm -rf --one-file-system -- "$1" && mv -T -- "$2.kinit-copied" "$2"
}

copy_whole() {
  rm -rf -- "$2.kinit-part" &&
    cp -a -T -- "$1" "$2.kinit-part" &&
    sync &&
    mv -T -- "$2.kinit-part" "$2.kinit-copied"
}

# carry_back FROM TO: what carry moved, from the store to its place.
carry_back() {
  if [ -e "$1.kinit-copied" ] || [ -L "$1.kinit-copied" ]; then
    # What is at TO are the remains of a move that a crash ended.
    rm -rf --one-file-system -- "$2" && mv -T -- "$1.kinit-copied" "$1" || return 1
  fi
  (umask 022; mkdir -p -- "$(dirname -- "$2")") && carry "$1" "$2" && rm -rf -- "$1.kinit-part"
}
