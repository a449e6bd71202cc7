# shellcheck shell=sh
# Stops and removes every pod; where the CRI does not answer, ends what runs under containerd's shims of the k8s.io namespace
# (other namespaces, such as Docker's, are left alone). The kubelet has stopped before: it would start them again.
# include: ../cri-tools/stop-pods.sh

is_monitor() {
  case "$1" in
    *containerd-shim*" -namespace k8s.io "*) ;;
    *) return 1 ;;
  esac
}

stop_pods /run/containerd/containerd.sock containerd-shim
