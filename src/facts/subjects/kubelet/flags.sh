# shellcheck shell=sh
# Flags of this host's kubelet that differ from node to node, where kinit and kubeadm write them.

file=/var/lib/kubelet/kubeadm-flags.env
[ ! -e "$file" ] || sed -n "s/.*--node-ip=\([^ \"]*\).*/node-ip=\1/p" "$file"
