# shellcheck shell=sh
# resolv.conf of the host, of systemd-resolved and of the kubelet, each after '=== FILE'.
# include: ../bounded.sh

# The kubelet's flags, of its process and of the files they come from, without quotes.
flags() {
  pid=$(in_time 5 systemctl show -p MainPID kubelet) || exit 75
  pid=${pid#MainPID=}
  if [ "${pid:-0}" -gt 0 ]; then tr '\0' ' ' < "/proc/$pid/cmdline"; fi
  cat /var/lib/kubelet/kubeadm-flags.env /etc/default/kubelet /etc/sysconfig/kubelet | tr -d "\"'"
}

given=$(flags) || exit 75
for file in /etc/resolv.conf /run/systemd/resolve/resolv.conf \
  $(sed -n 's/^resolvConf: *//p' /var/lib/kubelet/config.yaml | tr -d '"') \
  $(printf '%s\n' "$given" | sed -n 's/.*--resolv-conf[= ]\([^ ]*\).*/\1/p'); do
  if [ -r "$file" ]; then
    echo "=== $file"
    head -c 4000 "$file"
    echo
  fi
done
