# shellcheck shell=sh
# How long what an API server asked of its datastore took.
# $1 = a kubeconfig for it
# include: ../shell/lib/host-path.sh
# include: ./histogram.sh

timeout 30 kubectl --kubeconfig "$1" get --raw /metrics 2> /dev/null < /dev/null | histogram etcd_request_duration_seconds
