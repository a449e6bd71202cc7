# shellcheck shell=sh
# unmount_like mount=PATTERN...: takes off what is mounted where a pattern says, the last mount first: one may stand on
# another, and hide what is mounted below that. Other words are passed over. "$D" = a folder to write in. Calls bad MESSAGE,
# and was_there mounts LINE for mounts that stay.

unmount_like() {
  mounts_like "$@" | tac > "$D/unmount"
  while IFS= read -r mount; do
    unmount "$mount"
  done < "$D/unmount"
}

# The kernel names mounts by where they are: people link /var/lib/kubelet to a larger disk.
mounts_like() {
  for pattern in "$@"; do
    case "$pattern" in mount=/*) ;; *) continue ;; esac
    folder=${pattern#mount=}
    folder=${folder%%\**}
    folder=${folder%/*}
    real=$(readlink -f -- "$folder") || continue
    [ "$real" = "$folder" ] || set -- "$@" "mount=$real${pattern#"mount=$folder"}"
  done
  while read -r _ mount _; do
    for pattern in "$@"; do
      # shellcheck disable=SC2254 # it is a pattern
      case "mount=$mount" in
        $pattern)
          was_there mounts "$mount" || printf '%b\n' "$mount"
          break
          ;;
      esac
    done
  done < /proc/self/mounts
}

unmount() {
  ! timeout 20 umount -- "$1" 2> /dev/null || return 0
  if timeout 20 umount -l -- "$1" 2> /dev/null; then
    echo "$1 was busy: unmounted lazily, it goes when its last user ends"
  else
    bad "$1 could not be unmounted"
  fi
}
