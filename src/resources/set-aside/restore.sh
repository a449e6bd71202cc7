# shellcheck shell=sh
# Moves back what was set aside.
# $1 = path, $2 = store
# $3 = yes: what is at the path is the cluster's own, and goes
# include: carry.sh

# make_room FROM TO REMADE: only where there is something to put there, or a run before this one has deleted it.
make_room() {
  [ "$3" = yes ] && { [ -e "$1" ] || [ -L "$1" ]; } && [ ! -e "$2.kinit-copied" ] || return 0
  rm -rf --one-file-system -- "$2"
}

entries() {
  find "$2$1" -mindepth 1 -maxdepth 1 2> /dev/null
  find "$1/" -mindepth 1 -maxdepth 1 -name '*.kinit-copied' 2> /dev/null
}

# clear PATH STORE: what the cluster has filled the folder with. Only once all that was there had been moved away.
clear() {
  [ -e "$2$1.kinit-moved" ] || return 0
  find "$1/" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf --one-file-system -- {} + && rm -f -- "$2$1.kinit-moved"
}

if [ -e "$D/contents" ]; then
  [ "$3" != yes ] || clear "$1" "$2" || exit 1
  entries "$1" "$2" | sed -E 's/\.kinit-(copied|part)$//' | sort -u | while IFS= read -r entry; do
    make_room "$2$1/${entry##*/}" "$1/${entry##*/}" "$3"
    carry_back "$2$1/${entry##*/}" "$1/${entry##*/}" || exit 1
  done || exit 1
  [ ! -d "$1" ] || touch -r "$D/contents" -- "$1/"
else
  make_room "$2$1" "$1" "$3"
  carry_back "$2$1" "$1" || exit 1
  folder=$(dirname -- "$1")
  [ ! -d "$folder" ] || touch -r "$D/whole" -- "$folder"
fi

case "$1" in
  # systemd sees it after a reload; the journal's replay does that once, at its end.
  */systemd/system/*) echo reload >> "${KINIT_LATER:-/dev/null}" ;;
esac
