# shellcheck shell=sh
# Lets etcdctl speak to an etcd outside of the cluster as the API server does.
# $1 = endpoints, comma separated, $2 = CA, $3 = certificate, $4 = key
# ask ARGUMENTS: etcdctl. What it says of an error is one line of JSON, of which `words` gives the error.
# include: ../../../shell/lib/host-path.sh

export ETCDCTL_ENDPOINTS="$1" ETCDCTL_CACERT="$2" ETCDCTL_CERT="$3" ETCDCTL_KEY="$4"

ask() {
  timeout 30 etcdctl --dial-timeout 3s --command-timeout 10s "$@"
}

words() {
  printf '%s\n' "$1" | sed -n 's/.*"error":"\(.*\)"}$/\1/p; /^Error: /s/^Error: //p' | tail -n 1
}
