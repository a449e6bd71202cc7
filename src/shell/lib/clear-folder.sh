# shellcheck shell=sh
# clear_folder FOLDER [LIST]: deletes what is in a folder (not the folder itself, not the names that stand in the file
# LIST) but never a mount point and never anything through one: a disk or NFS share that a person mounted below stays,
# and is told on standard output. `lost+found` of a mounted ext4 stays too. Returns 1 when something could not be
# deleted.

line_end='
'

clear_folder() {
  # `rm --one-file-system` alone does not see bind mounts of the same file system.
  mounts=$(while read -r _ mount _; do printf '%b\n' "$mount"; done < "${KINIT_MOUNTS:-/proc/self/mounts}")
  mounts=$line_end$mounts$line_end
  clear_below "$1" "${2:-}"
}

# It calls itself, and sh has no local variables but "$1" (the folder), "$2" (the result) and "$3" (the list).
clear_below() {
  set -- "$(readlink -f -- "$1")" 0 "$2"
  [ -n "$1" ] && [ "$1" != / ] && [ -d "$1" ] || return 0
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$entry" ] || [ -L "$entry" ] || continue
    [ "${entry##*/}" != lost+found ] || continue
    [ -z "$3" ] || ! grep -qxF -e "${entry##*/}" "$3" || continue
    if [ ! -L "$entry" ]; then
      case "$mounts" in
        *"$line_end$entry$line_end"*)
          echo "kept $entry: something is mounted there"
          continue
          ;;
        *"$line_end$entry/"*)
          clear_below "$entry" '' || set -- "$1" 1 "$3"
          continue
          ;;
      esac
    fi
    rm -rf --one-file-system -- "$entry" || set -- "$1" 1 "$3"
  done
  return "$2"
}
