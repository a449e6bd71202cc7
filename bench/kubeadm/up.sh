#!/bin/bash
# A cluster of prepared hosts with the stock kubeadm over ssh: the first host is its control plane, the others join in parallel.
# usage: up.sh SSH-CONFIGURATION KUBEADM-YAML NETWORK-YAML CONTROL-PLANE [WORKER…]
set -euo pipefail
config=$1 kubeadm=$2 network=$3 first=$4
shift 4
all=("$first" "$@")

on() {
  local host=$1
  shift
  timeout 400 ssh -F "$config" "$host" "$@"
}
admin='KUBECONFIG=/etc/kubernetes/admin.conf'

# Every connection is open before it is needed.
for host; do
  on "$host" true &
done
init='cat > /root/kubeadm.yaml && kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=all'
said=$(on "$first" "$init" < "$kubeadm")
# kubeadm prints the command that joins a worker as its last one, on two lines.
join=$(sed -n -e '/^kubeadm join/{' -e N -e 's/\\\n//p' -e '}' <<< "$said" | tail -n 1)
[ -n "$join" ] || { printf 'kubeadm init named no command to join with:\n%s\n' "$said" >&2 && exit 1; }
wait

jobs=()
for host; do
  on "$host" "$join --ignore-preflight-errors=all" > /dev/null &
  jobs+=($!)
done
on "$first" "$admin kubectl apply -f -" < "$network" > /dev/null &
jobs+=($!)
for job in "${jobs[@]}"; do wait "$job"; done

# A node may be there only after its kubeadm is done.
wait="$admin kubectl wait ${all[*]/#/node/} --timeout=240s"
on "$first" "$wait --for=create && $wait --for=condition=Ready" > /dev/null &
nodes=$!
on "$first" "$admin kubectl -n kube-system rollout status deployment/coredns --timeout=240s" > /dev/null
wait "$nodes"
