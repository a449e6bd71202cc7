# shellcheck shell=sh
# resolv.conf of the host, of systemd-resolved and of the kubelet, each after '=== FILE'.

for file in /etc/resolv.conf /run/systemd/resolve/resolv.conf \
  $(sed -n 's/^resolvConf: *//p' /var/lib/kubelet/config.yaml | tr -d '"'); do
  if [ -r "$file" ]; then
    echo "=== $file"
    head -c 4000 "$file"
    echo
  fi
done
