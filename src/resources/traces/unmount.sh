# shellcheck shell=sh
# unmount_cluster mount=PATTERN...: takes off what the kubelet and the runtime (the patterns) mounted, deepest first;
# unmount_runtime mount=PATTERN...: what the runtime mounted, and the kubelet's own mounts stay.
# Mounts recorded before the cluster ("$D/mounts") and those outside their own folders (a person's disk at
# /var/lib/kubelet/data) stay. Other words are passed over. Calls bad MESSAGE and was_there LIST LINE.

unmount_cluster() {
  unmount_runtime 'mount=/var/lib/kubelet/pods/*' 'mount=/var/lib/kubelet/plugins/*' "$@"
}

unmount_runtime() {
  cluster_mounts 'mount=/run/netns/cni-*' 'mount=/var/run/netns/cni-*' "$@" | sort -ru > "$D/unmount"
  while IFS= read -r mount; do
    unmount "$mount"
  done < "$D/unmount"
  for name in /run/netns/cni-*; do
    [ ! -f "$name" ] || rm -f -- "$name" 2> /dev/null || bad "$name could not be removed"
  done
}

# The kernel names mounts by where they are: people link /var/lib/kubelet to a larger disk.
cluster_mounts() {
  for pattern in "$@"; do
    case "$pattern" in mount=*/\*) ;; *) continue ;; esac
    folder=${pattern#mount=}
    folder=${folder%/*}
    real=$(readlink -f -- "$folder") || continue
    [ "$real" = "$folder" ] || set -- "$@" "mount=$real/*"
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
