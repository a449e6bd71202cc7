# shellcheck shell=sh
# Ends containers that are in the way, and starts the kubelet again: it then looks at its static pods afresh, without the
# pauses it makes between two starts of one. It does not get that far where an API server accepts connections and answers
# none, as one does whose datastore has gone.
# "$@" = ids of containers
# include: ../../../shell/lib/host-path.sh

[ $# -eq 0 ] || timeout 60 crictl stop --timeout 5 "$@" > /dev/null
systemctl restart kubelet
