# shellcheck shell=sh
# A kubelet registers its node when it starts, and never again: where somebody deleted the node, it is started again. One that was started
# just now is left: it is about to. Prints restarted where it did.
#   $1  seconds that it has had to register

started=$(systemctl show kubelet --property ActiveEnterTimestampMonotonic 2> /dev/null)
started=${started#*=}
[ "$(systemctl is-active kubelet 2> /dev/null)" = active ] && [ "${started:-0}" -gt 0 ] || exit 0
read -r now _ < /proc/uptime
[ $((${now%.*} - started / 1000000)) -ge "$1" ] || exit 0
systemctl restart kubelet && echo restarted
