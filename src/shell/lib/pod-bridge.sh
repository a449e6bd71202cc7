# shellcheck shell=sh
# remove_pod_bridge BRIDGE FILE...: takes away what the pod network made on this host for another share of it; it makes all of it anew.
# FILE = where the host's share is noted

remove_pod_bridge() {
  pod_bridge=$1
  shift
  rm -f -- "$@"
  [ ! -e "/sys/class/net/$pod_bridge" ] || ip link delete "$pod_bridge"
}
