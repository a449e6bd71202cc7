/**
 * sh function `clear_folder DIR [LIST]`: deletes what is in a folder (not the folder itself, not the names that stand in
 * the file LIST) but never a mount point and never anything through one: a disk or NFS share a person mounted below
 * stays, and is told on standard output.
 * `rm --one-file-system` alone does not see bind mounts of the same file system, so /proc/self/mounts is asked.
 * Returns 1 when something could not be deleted. `lost+found` of a mounted ext4 stays.
 */
export const CLEAR_FOLDER = `NL='
'
MOUNTS="$NL$(while read -r _ M _; do printf '%b\\n' "$M"; done < "\${KINIT_MOUNTS:-/proc/self/mounts}")$NL"
clear_folder() {
  set -- "$(readlink -f -- "$1")" 0 "\${2:-}"
  [ -n "$1" ] && [ "$1" != / ] && [ -d "$1" ] || return 0
  for E in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$E" ] || [ -L "$E" ] || continue
    case "\${E##*/}" in lost+found) continue;; esac
    [ -z "$3" ] || ! grep -qxF -e "\${E##*/}" "$3" || continue
    if [ ! -L "$E" ]; then
      case "$MOUNTS" in
        *"$NL$E$NL"*) echo "kept $E: something is mounted there"; continue;;
        *"$NL$E/"*) clear_folder "$E" || set -- "$1" 1 "$3"; continue;;
      esac
    fi
    rm -rf --one-file-system -- "$E" || set -- "$1" 1 "$3"
  done
  return "$2"
}`;
