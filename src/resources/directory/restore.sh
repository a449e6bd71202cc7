# shellcheck shell=sh
# Makes the folder as save.sh noted it in "$D".
# $1 = path, $2 = yes: what has come into it since is deleted
# include: ../../shell/lib/made-folders.sh
# include: ../../shell/lib/clear-folder.sh

clear_new_contents() {
  # No list: it was not there, so all in it is new.
  list=
  [ ! -e "$D/contents" ] || list=$D/contents
  clear_folder "$1" "$list"
}

if [ "$2" = yes ]; then
  clear_new_contents "$1" || exit 1
fi
if [ -e "$D/stat" ]; then
  [ -d "$1" ] || exit 0
  read -r mode user group < "$D/stat" && chown -- "$user:$group" "$1" && chmod -- "$mode" "$1"
else
  remove_made "$D/made"
fi
