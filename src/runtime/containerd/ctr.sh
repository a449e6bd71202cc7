# shellcheck shell=sh
# k8s_images SECONDS ARGUMENT...: `ctr images` in the namespace that the CRI uses, with a bound.
# include: ../../shell/lib/host-path.sh

SOCKET=/run/containerd/containerd.sock

k8s_images() {
  seconds=$1
  shift
  timeout "$seconds" ctr -a "$SOCKET" -n k8s.io images "$@"
}
