# shellcheck shell=sh
# The first certificate of each file of a cluster's PKI and the client certificate of each kubeconfig, as PEM after '=== FILE'.
# No key is printed. "$@" = folders of certificates besides kubeadm's own.

# first FILE
first() {
  printf '\n=== %s\n' "$1"
  sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$1" | sed '/END CERTIFICATE/q'
}

for folder in /etc/kubernetes/pki "$@"; do
  for file in "$folder"/*.crt; do
    if [ -f "$file" ]; then first "$file"; fi
  done
done
# Of the kubelet those it uses: with kubelet-server-current.pem there, a kubelet.crt is what it used before.
serving=/var/lib/kubelet/pki/kubelet-server-current.pem
[ -f "$serving" ] || serving=/var/lib/kubelet/pki/kubelet.crt
for file in /var/lib/kubelet/pki/kubelet-client-current.pem "$serving"; do
  if [ -f "$file" ]; then first "$file"; fi
done

for name in admin super-admin controller-manager scheduler kubelet bootstrap-kubelet; do
  file=/etc/kubernetes/$name.conf
  [ -f "$file" ] || continue
  data=$(sed -n 's/^ *client-certificate-data: *//p' "$file" | head -n 1)
  if [ -n "$data" ]; then
    printf '\n=== %s\n' "$file"
    printf %s "$data" | base64 -d
  fi
done
