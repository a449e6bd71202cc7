# shellcheck shell=sh
# unmount_cluster mount=PATTERN...: takes off what the kubelet and the runtime (the patterns) mounted, the last mount first;
# unmount_runtime mount=PATTERN...: what the runtime mounted, and the kubelet's own mounts stay.
# Mounts recorded before the cluster ("$D/mounts") and those outside their own folders (a person's disk at
# /var/lib/kubelet/data) stay. Other words are passed over. Calls bad MESSAGE and was_there LIST LINE.
# include: ../../shell/lib/unmount.sh

unmount_cluster() {
  unmount_runtime 'mount=/var/lib/kubelet/pods/*' 'mount=/var/lib/kubelet/plugins/*' "$@"
}

unmount_runtime() {
  unmount_like 'mount=/run/netns/cni-*' 'mount=/var/run/netns/cni-*' "$@"
  for name in /run/netns/cni-*; do
    [ ! -f "$name" ] || rm -f -- "$name" 2> /dev/null || bad "$name could not be removed"
  done
}
