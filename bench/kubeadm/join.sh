#!/bin/bash
# One more worker for a running cluster, with the stock kubeadm over ssh.
# usage: join.sh SSH-CONFIGURATION CONTROL-PLANE WORKER
set -euo pipefail
config=$1 first=$2 host=$3

on() {
  local to=$1
  shift
  timeout 400 ssh -F "$config" "$to" "$@"
}

# The second connection is made while the first host thinks.
on "$host" true &
join=$(on "$first" 'kubeadm token create --print-join-command')
wait "$!"
on "$host" "$join --ignore-preflight-errors=all" > /dev/null
# kubeadm is done when the kubelet has its certificate, which may be before the node is there.
wait="KUBECONFIG=/etc/kubernetes/admin.conf kubectl wait node/$host --timeout=240s"
on "$first" "$wait --for=create && $wait --for=condition=Ready" > /dev/null
