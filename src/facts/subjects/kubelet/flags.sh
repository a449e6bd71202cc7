# shellcheck shell=sh
# Flags of this host's kubelet that differ from node to node, where kinit and kubeadm write them.

sed -n "s/.*--node-ip=\([^ \"]*\).*/node-ip=\1/p" /var/lib/kubelet/kubeadm-flags.env
