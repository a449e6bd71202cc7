# shellcheck shell=sh
# Files of a cluster that later work builds on. Prints '=journal' where kinit has changed this host before, then for each
# file '=PATH', each line of its text after a blank, and one line break: no text can look like a path, and one without a
# last line break stays so. '=made' where files of a cluster there are kinit's.

if [ -n "$(ls -A /var/lib/kinit/journal)" ]; then echo '=journal'; fi
for entry in /var/lib/kinit/journal/*-etc-kubernetes*; do
  if [ -e "$entry" ]; then
    echo '=made'
    break
  fi
done

paths() {
  find -L /etc/kubernetes/pki -type f \( -name '*.crt' -o -name '*.key' -o -name '*.pub' \)
  for file in /etc/kubernetes/*.conf /etc/kubernetes/encryption*.yaml \
    /etc/kubernetes/manifests/*.yaml "$1" \
    /var/lib/kubelet/pki/kubelet-client-first.pem \
    /var/lib/kubelet/pki/kubelet.crt /var/lib/kubelet/pki/kubelet.key; do
    if [ -f "$file" ]; then echo "$file"; fi
  done
}

paths | while IFS= read -r file; do
  printf '=%s\n' "$file"
  sed 's/^/ /' "$file"
  echo
done
