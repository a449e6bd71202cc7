# shellcheck shell=sh
# Stops and removes every pod; where the CRI does not answer, ends what runs under the shims of containers that cri-dockerd made
# (those that people made with `docker run` are left alone). The kubelet has stopped before: it would start them again.
# include: ../cri-tools/stop-pods.sh

ROOT=$(sed -n 's/.*"data-root" *: *"\([^"]*\)".*/\1/p' /etc/docker/daemon.json 2> /dev/null | head -n 1)
ROOT=${ROOT:-/var/lib/docker}

is_monitor() {
  case "$1" in
    *containerd-shim*" -namespace moby"*" -id "*) ;;
    *) return 1 ;;
  esac
  container=${1##* -id }
  grep -q '"io[.]kubernetes[.]docker[.]type"' "$ROOT/containers/${container%% *}/config.v2.json" 2> /dev/null
}

stop_pods /run/cri-dockerd.sock containerd-shim
