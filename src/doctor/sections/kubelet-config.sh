# shellcheck shell=sh
# The kubelet's configuration; then, each part after its name: the flags it is given, its command line, files it reads.

head -c 20000 /var/lib/kubelet/config.yaml
echo
echo '--- flags'
cat /var/lib/kubelet/kubeadm-flags.env
echo '--- command'
pid=$(systemctl show -p MainPID kubelet)
pid=${pid#MainPID=}
if [ "${pid:-0}" -gt 0 ]; then tr '\0' ' ' < "/proc/$pid/cmdline"; fi
echo
echo '--- files'
ls -l /etc/kubernetes /etc/kubernetes/manifests
sed -n 's/^ *server: /server /p' /etc/kubernetes/kubelet.conf
