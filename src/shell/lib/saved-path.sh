# shellcheck shell=sh
# What was at a path before kinit changed it: kept in "$D", the folder of its undo journal entry, and put back from
# there.
# include: made-folders.sh
# include: sync.sh

# save_path PATH SLOT: keeps in "$D/SLOT" the file or link itself, or the fact that a folder or nothing was there,
# together with the parent folders that are missing (kinit will make them, reset takes them away again).
save_path() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    : > "$D/$2.folder"
  elif [ -e "$1" ] || [ -L "$1" ]; then
    cp -a --reflink=auto -T -- "$1" "$D/$2" || exit 1
  else
    missing_folders "${1%/*}" > "$D/$2.made"
  fi
}

# restore_path PATH SLOT: puts back what save_path kept. Twice gives the same as once.
restore_path() {
  # What a power cut in the middle of an upload or of another change left beside it, or an upload that was to be gone on with.
  rm -f -- "$1.kinit-new" "${1%/*}"/.kinit-up-* "${1%/*}"/.kinit-part-*
  if [ -e "$D/$2" ] || [ -L "$D/$2" ]; then
    put_back "$1" "$D/$2" || exit 1
  elif [ -e "$D/$2.made" ]; then
    rm -f -- "$1" || exit 1
    remove_made "$D/$2.made"
  fi
  case "$1" in
    # A unit file that comes or goes is seen by systemd only after a reload; the journal's replay does that once, at its
    # end.
    /etc/systemd/* | /usr/lib/systemd/* | /lib/systemd/*) echo reload >> "${KINIT_LATER:-/dev/null}" ;;
  esac
}

# put_back PATH COPY: beside it, onto the disk, into place, so that no moment has half a file.
put_back() {
  mkdir -p -- "$(dirname -- "$1")" &&
    rm -f -- "$1.kinit-undo" &&
    cp -a -T -- "$2" "$1.kinit-undo" &&
    { [ -L "$2" ] || sync_file "$1.kinit-undo"; } &&
    mv -f -T -- "$1.kinit-undo" "$1"
}
