# shellcheck shell=sh
# Folders that kinit makes on its way to something, so that reset can take them away again.

# missing_folders FOLDER: prints this folder and those above it that are not there, the deepest first.
missing_folders() {
  folder=$1
  while [ -n "$folder" ] && [ ! -e "$folder" ] && [ ! -L "$folder" ]; do
    printf '%s\n' "$folder"
    folder=${folder%/*}
  done
}

# remove_made LIST: takes away the folders that stand in the file LIST, in that order, as long as they are empty.
remove_made() {
  while IFS= read -r folder; do
    rmdir -- "$folder" 2> /dev/null || [ ! -e "$folder" ] || break
  done < "$1"
}
