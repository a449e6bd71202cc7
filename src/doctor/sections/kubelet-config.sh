# shellcheck shell=sh
# The kubelet's configuration; then, each part after its name: the flags it is given, its command line, files it reads.
# include: ./bounded.sh

head -c 20000 /var/lib/kubelet/config.yaml
echo
echo '--- flags'
head -c 8000 /var/lib/kubelet/kubeadm-flags.env
echo '--- command'
pid=$(in_time 5 systemctl show -p MainPID kubelet) || exit 75
pid=${pid#MainPID=}
if [ "${pid:-0}" -gt 0 ]; then head -c 8000 "/proc/$pid/cmdline" | tr '\0' ' '; fi
echo
echo '--- files'
# shellcheck disable=SC2012
ls -l /etc/kubernetes /etc/kubernetes/manifests | head -n 100
sed -n 's/^ *server: /server /p' /etc/kubernetes/kubelet.conf
