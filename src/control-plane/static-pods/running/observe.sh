# shellcheck shell=sh
# What runs of the control plane's pods on this host, as the container runtime sees it.
# $1 = label that these pods carry; the others = triples: a component, the server of its health, the path there
# Prints now=SECONDS and kubelet=STATE; '=== pods' and their sandboxes (JSON); '=== containers' and theirs (JSON);
# '=== health NAME ok|no' for each component.
# include: ../../../shell/lib/host-path.sh

label=$1
shift

# Credentials that nobody reads keep kubectl from asking for some: health needs none.
health() {
  timeout 10 kubectl --kubeconfig /dev/null --server "$1" --insecure-skip-tls-verify \
    --username kinit --password none get --raw "$2" > /dev/null 2>&1 < /dev/null
}

echo "now=$(date +%s)"
echo "kubelet=$(systemctl is-active kubelet)"
# Bounds: a runtime that hangs must not hold everything up.
echo '=== pods'
timeout 20 crictl pods -o json --label "$label" 2>&1
echo '=== containers'
timeout 20 crictl ps -a -o json --label io.kubernetes.pod.namespace=kube-system 2>&1
# Side by side: each client takes a tenth of a second and more to start.
while [ $# -ge 3 ]; do
  if health "$2" "$3"; then echo "=== health $1 ok"; else echo "=== health $1 no"; fi &
  shift 3
done
wait
exit 0
