# shellcheck shell=sh
# remove_pod_bridge BRIDGE FILE...: takes away what the pod network made on this host for another share of it; it makes all of it anew.
# Pods that were on the bridge have no network from then on, and keep what they have for as long as they run: they are stopped, and the kubelet
# starts them again once there is a network.
# FILE = where the host's share is noted

remove_pod_bridge() {
  pod_bridge=$1
  shift
  rm -f -- "$@"
  [ -e "/sys/class/net/$pod_bridge" ] || return 0
  ip link delete "$pod_bridge" || return
  command -v crictl > /dev/null || return 0
  for pod in $(timeout 20 crictl pods -q --state ready 2> /dev/null); do
    network=$(timeout 20 crictl inspectp -o go-template --template '{{.status.linux.namespaces.options.network}}' "$pod" 2> /dev/null)
    # Those of the host (NODE) have none of it. What does not stop in time goes on, as without this.
    [ "$network" != POD ] || timeout 30 crictl stopp "$pod" > /dev/null 2>&1 || :
  done
}
