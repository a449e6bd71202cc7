/**
 * sh function `clear_folder DIR`: deletes what is in a folder (not the folder) but never a mount point and never
 * anything through one: a disk or NFS share a person mounted below stays, and is told on standard output.
 * `rm --one-file-system` alone does not see bind mounts of the same file system, so /proc/self/mounts is asked.
 * Returns 1 when something could not be deleted. `lost+found` of a mounted ext4 stays.
 */
export const CLEAR_FOLDER = `NL='
'
MOUNTS="$NL$(while read -r _ M _; do printf '%b\\n' "$M"; done < "\${KINIT_MOUNTS:-/proc/self/mounts}")$NL"
clear_folder() {
  set -- "$(readlink -f -- "$1")" 0
  [ -n "$1" ] && [ "$1" != / ] && [ -d "$1" ] || return 0
  for E in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$E" ] || [ -L "$E" ] || continue
    case "\${E##*/}" in lost+found) continue;; esac
    if [ ! -L "$E" ]; then
      case "$MOUNTS" in
        *"$NL$E$NL"*) echo "kept $E: something is mounted there"; continue;;
        *"$NL$E/"*) clear_folder "$E" || set -- "$1" 1; continue;;
      esac
    fi
    rm -rf --one-file-system -- "$E" || set -- "$1" 1
  done
  return "$2"
}`;
