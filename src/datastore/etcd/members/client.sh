# shellcheck shell=sh
# Lets etcdctl speak to members as the health check does (kubeadm: healthcheck-client).
# look URLS: asks the members that URLS (comma separated) name, in that order, until one answers, and fails where none does.
# Sets `list`, a line for each member that etcd has: "ID, started|unstarted, NAME, PEER URLS, CLIENT URLS, is a learner (true|false)".
# ask ARGUMENTS: etcdctl, of the member that answered. line_of PEER: its line. field N LINE: a part of a line.
# has_log FOLDER: whether a member's log is in this folder, without which it has no data (etcd: server/storage/wal Exist). Its other files are made
# anew also by one that ends because it has none.
# there PATH: prints yes or no.
# include: ../../../shell/lib/host-path.sh

certificates=/etc/kubernetes/pki/etcd
export ETCDCTL_CACERT="$certificates/ca.crt"
export ETCDCTL_CERT="$certificates/healthcheck-client.crt" ETCDCTL_KEY="$certificates/healthcheck-client.key"

# Each by itself: one that is silent is not waited for, and a learner does not answer this.
look() {
  for answering in $(printf '%s' "$1" | tr ',' ' '); do
    list=$(ask member list 2> /dev/null) && return 0
  done
  list=
  return 1
}

ask() {
  timeout 30 etcdctl --endpoints "$answering" --dial-timeout 3s --command-timeout 10s "$@" < /dev/null
}

line_of() {
  printf '%s\n' "$list" | awk -F', ' -v peer="$1" '
    { n = split($4, urls, ","); for (i = 1; i <= n; i++) if (urls[i] == peer) { print; exit } }'
}

field() {
  printf '%s\n' "$2" | awk -F', ' -v n="$1" '{ print $n }'
}

has_log() {
  for log in "$1"/*.wal; do
    [ ! -e "$log" ] || return 0
  done
  return 1
}

there() { if [ -e "$1" ]; then echo yes; else echo no; fi; }
