# shellcheck shell=sh
# A kubelet registers its node when it starts, and never again: where somebody deleted the node, it is started again. One that was started
# just now is left: it is about to. Prints restarted where it did. The new node has another share of the pod network.
#   $1  seconds that it has had to register
#   and, where the pod network is known:
#   $2  bridge of the host's pods
#   ... files with the host's share of the pod network
# include: ../../shell/lib/pod-bridge.sh

started=$(systemctl show kubelet --property ActiveEnterTimestampMonotonic 2> /dev/null)
started=${started#*=}
[ "$(systemctl is-active kubelet 2> /dev/null)" = active ] && [ "${started:-0}" -gt 0 ] || exit 0
read -r now _ < /proc/uptime
[ $((${now%.*} - started / 1000000)) -ge "$1" ] || exit 0
# While it runs it makes networks of pods, with the bridge, by the share that it read before.
systemctl stop kubelet || exit 1
shift
[ $# -eq 0 ] || remove_pod_bridge "$@"
systemctl start kubelet && echo restarted
