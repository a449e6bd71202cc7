# shellcheck shell=sh
# Makes the folder as save.sh noted it in "$D".
# $1 = path, $2 = yes: what has come into it since is deleted; the others = mount=PATTERN, for what programs of the cluster
# mount below: a runtime that is stopped while it works may leave such a mount, or make it anew.
# include: ../../shell/lib/made-folders.sh
# include: ../../shell/lib/clear-folder.sh
# include: ../../shell/lib/unmount.sh

failed=0

bad() {
  echo "$1"
  failed=1
}

was_there() { grep -qxF -e "$2" "$D/$1" 2> /dev/null; }

clear_new_contents() {
  # No list: it was not there, so all in it is new.
  list=
  [ ! -e "$D/contents" ] || list=$D/contents
  clear_folder "$1" "$list"
}

if [ "$2" = yes ]; then
  [ "$#" -le 2 ] || unmount_like "$@"
  [ "$failed" -eq 0 ] || exit 1
  clear_new_contents "$1" || exit 1
fi
if [ -e "$D/stat" ]; then
  [ -d "$1" ] || exit 0
  read -r mode user group < "$D/stat" && chown -- "$user:$group" "$1" && chmod -- "$mode" "$1"
else
  remove_made "$D/made"
fi
