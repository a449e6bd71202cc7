# shellcheck shell=sh
# Addresses, ports, folders and images of static pods.

grep -HE -- '--(advertise-address|listen-|initial-|secure-port|data-dir|etcd-servers|bind-address)|image:' \
  /etc/kubernetes/manifests/*.yaml | cut -c1-300 | head -n 80
