# shellcheck shell=sh
# Keeps in "$D" mode and owner of the folder, or which folders are missing. Runs under sh -eu.
# $1 = path, $2 = yes: the names of what is in it too; the others = mount=PATTERN, for what programs of the cluster mount below
# include: ../../shell/lib/made-folders.sh
# include: ../../shell/lib/note-mounts.sh

if [ -d "$1" ]; then
  stat -L -c '%a %u %g' -- "$1" > "$D/stat" || exit 1
  if [ "$2" = yes ]; then
    ls -A -- "$1" > "$D/contents" || exit 1
  fi
  [ "$#" -le 2 ] || note_mounts
else
  missing_folders "$1" > "$D/made"
fi
