# shellcheck shell=sh
# Ends the control plane's pods, in this order, and the kubelet before, which would start them again; all other pods run on.
# The balancer is one of them: while it takes connections that no API server answers, a kubelet that starts asks for its node ten times over before
# it mounts anything, 50 s each time (kubelet: updateReconstructedFromNodeStatus); refused, it goes on.
# "$@" = components
# include: ../../shell/lib/host-path.sh
# include: ../../shell/lib/die.sh

{ systemctl disable kubelet 2> /dev/null && timeout 90 systemctl stop kubelet; } || die 'Error: the kubelet does not stop'
for name; do
  ids=$(timeout 30 crictl ps -q --label io.kubernetes.pod.namespace=kube-system --label "io.kubernetes.container.name=$name") ||
    die 'Error: the container runtime does not say what runs'
  [ -n "$ids" ] || continue
  # shellcheck disable=SC2086
  timeout 90 crictl stop --timeout 5 $ids > /dev/null || die "Error: $name does not stop"
done
