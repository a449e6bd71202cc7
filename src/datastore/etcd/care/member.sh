# shellcheck shell=sh
# Lets etcdctl reach the member of this host as the health check does (kubeadm: healthcheck-client), and finds etcd's tools.
# $1 = URL of the member, for clients
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh

command -v etcdctl > /dev/null && command -v etcdutl > /dev/null ||
  die "Error: etcdctl and etcdutl are not on this host; kinit init brings them"
certificates=/etc/kubernetes/pki/etcd
export ETCDCTL_ENDPOINTS="$1" ETCDCTL_CACERT="$certificates/ca.crt"
export ETCDCTL_CERT="$certificates/healthcheck-client.crt" ETCDCTL_KEY="$certificates/healthcheck-client.key"
