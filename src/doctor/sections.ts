import type { Section } from '../facts/index.js';

/** Where kubelets keep their containers, in the order they are looked for. */
const SOCKETS = '/run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock /var/run/cri-dockerd.sock';
/** What matters in a log; the rest of it stays on the host. */
const TELLING =
  'error|fail|fatal|panic|refused|denied|loop|took too long|slow fdatasync|no space|expired|address already|not found|unable|cannot|timed? ?out';

/** Bounds: each command has seconds, each answer bytes. A hanging runtime or disk must not hold the doctor up. */
const cut = (command: string, bytes: number, seconds = 5): string =>
  `timeout ${seconds} ${command} | cut -c1-700 | tail -c ${bytes}`;

/** What is asked of a host beside its facts, in one round trip. Nothing here prints a secret on purpose; what it prints is redacted all the same. */
export const SECTIONS: readonly Section[] = [
  [
    'units',
    cut(
      'systemctl show -p Id,LoadState,ActiveState,SubState,UnitFileState,Result,ExecMainStatus,NRestarts,ActiveEnterTimestamp kubelet containerd crio docker cri-docker',
      8000,
    ),
  ],
  // The newest first, then turned round: systemd before 254 takes the oldest lines where --since and -n are given together.
  [
    'kubelet-log',
    `date +now=%s; timeout 5 journalctl -u kubelet --no-pager -q -o short-unix -r --since=-15min -n 400 | tac | cut -c1-700 | tail -c 120000`,
  ],
  ['kubelet-last', cut('journalctl -u kubelet --no-pager -q -o short-unix -n 40', 20_000)],
  [
    'runtime-log',
    `${cut('journalctl -u containerd -u crio -u docker -u cri-docker --no-pager -q -o cat -r --since=-15min -n 2000', 2_000_000)} | tac | grep -E 'level=(warning|error|fatal|panic)|^panic|[Ff]ailed' | tail -n 80 | tail -c 40000`,
  ],
  [
    'containers',
    `for s in ${SOCKETS}; do if [ -S "$s" ]; then echo "socket $s"; timeout 6 crictl --timeout 5s --runtime-endpoint "unix://$s" --image-endpoint "unix://$s" ps -a 2>&1 | cut -c1-400 | tail -c 60000; break; fi; done`,
  ],
  [
    'pod-logs',
    `cd /var/log/pods || exit 0
for d in kube-system_*/* kube-flannel_*/* calico-system_*/*; do
  [ -d "$d" ] || continue
  for f in $(ls -t "$d" | grep '[.]log$' | head -n 2); do
    echo "=== $d/$f"
    timeout 3 tail -n 200 "$d/$f" | grep -iE '${TELLING}' | cut -c1-500 | tail -n 12
  done
done | tail -c 120000`,
  ],
  // By itself: a slow disk makes etcd say so much else that its own word for it is not among the last lines.
  [
    'etcd-log',
    `for f in $(ls -t /var/log/pods/kube-system_etcd-*/etcd/*.log | head -n 2); do for word in 'slow fdatasync' 'took too long'; do timeout 3 tail -c 8000000 "$f" | grep -F "$word" | cut -c1-500 | tail -n 20; done; done`,
  ],
  [
    'kernel-log',
    `echo "uptime $(cut -d. -f1 /proc/uptime)"; [ -e /run/systemd/container ] && echo container; timeout 5 dmesg | grep -E 'Out of memory|oom-kill|Killed process|I/O error|blocked for more than|Remounting filesystem read-only|EXT4-fs error|XFS .*[Ee]rror|table full' | cut -c1-400 | tail -n 40`,
  ],
  [
    'memory',
    `head -n 5 /proc/meminfo; for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do [ -r $f ] && cat $f; done; for r in cpu memory io; do sed "s/^/$r /" /proc/pressure/$r; done; timeout 5 journalctl --no-pager -q -o cat -t systemd --since=-15min | grep -i 'OOM killer' | tail -n 5`,
  ],
  [
    'disk',
    `timeout 5 df -Pk / /var/lib /var/lib/kubelet /var/lib/containerd /var/lib/etcd /var/log /run | tail -n +2 | sort -u -k6 | sed 's/^/space /'; timeout 5 df -Pi / /var/lib /var/lib/kubelet /var/lib/containerd /var/lib/etcd /var/log /run | tail -n +2 | sort -u -k6 | sed 's/^/inodes /'; grep -E ' (/|/var[^ ]*) .*[ ,]ro[, ]' /proc/self/mounts | head -n 5 | sed 's/^/readonly /'`,
  ],
  [
    'links',
    'ip -o link show | cut -c1-200 | head -n 60; ip -o -4 addr show | head -n 60; ip -o route show | head -n 60 | sed "s/^/route /"',
  ],
  [
    'sysctls',
    'for k in net/bridge/bridge-nf-call-iptables net/bridge/bridge-nf-call-ip6tables net/ipv4/ip_forward fs/inotify/max_user_instances; do echo "$k=$(cat /proc/sys/$k)"; done',
  ],
  // What kube-proxy and the pod network own is long and not what blocks.
  [
    'firewall',
    `if command -v nft >/dev/null; then timeout 5 nft -t list ruleset | awk '/^table /{own=($3 ~ /^(kube-proxy|flannel)/)} !own' | grep -vE 'KUBE-|FLANNEL|CNI-' | cut -c1-300 | head -n 300; fi; if command -v iptables-save >/dev/null; then timeout 5 iptables-save | grep -E '^[*:]|^-A' | grep -vE 'KUBE-|FLANNEL|CNI-' | cut -c1-300 | head -n 200; fi`,
  ],
  [
    'certificates',
    `one() { printf '\\n=== %s\\n' "$1"; sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$2" | sed '/END CERTIFICATE/q'; }
for f in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt /var/lib/kubelet/pki/kubelet-client-current.pem /var/lib/kubelet/pki/kubelet.crt /var/lib/kubelet/pki/kubelet-server-current.pem; do [ -f "$f" ] && one "$f" "$f"; done
for f in admin super-admin controller-manager scheduler kubelet bootstrap-kubelet; do
  f=/etc/kubernetes/$f.conf; [ -f "$f" ] || continue
  d=$(sed -n 's/^ *client-certificate-data: *//p' "$f" | head -n 1)
  [ -n "$d" ] && { printf '\\n=== %s\\n' "$f"; printf %s "$d" | base64 -d; }
done`,
  ],
  [
    'kubelet-config',
    `cat /var/lib/kubelet/config.yaml | head -c 20000; echo; echo '--- flags'; cat /var/lib/kubelet/kubeadm-flags.env; echo '--- command'
p=$(systemctl show -p MainPID kubelet); p=\${p#MainPID=}; [ "\${p:-0}" -gt 0 ] && tr '\\0' ' ' <"/proc/$p/cmdline"; echo
echo '--- files'; ls -l /etc/kubernetes /etc/kubernetes/manifests; sed -n 's/^ *server: /server /p' /etc/kubernetes/kubelet.conf`,
  ],
  [
    'runtime-config',
    `{ timeout 5 containerd config dump || cat /etc/containerd/config.toml; } | grep -E '^ *(disabled_plugins|SystemdCgroup|systemd_cgroup|sandbox|sandbox_image|config_path|conf_dir|bin_dirs?)' | head -n 60`,
  ],
  [
    'manifests',
    "grep -HE -- '--(advertise-address|listen-|initial-|secure-port|data-dir|etcd-servers|bind-address)|image:' /etc/kubernetes/manifests/*.yaml | cut -c1-300 | head -n 80",
  ],
  [
    'resolv',
    `for f in /etc/resolv.conf /run/systemd/resolve/resolv.conf $(sed -n 's/^resolvConf: *//p' /var/lib/kubelet/config.yaml | tr -d '"'); do [ -r "$f" ] && { echo "=== $f"; head -c 4000 "$f"; echo; }; done`,
  ],
  [
    'cni',
    "echo '=== config'; ls /etc/cni/net.d; echo '=== programs'; ls /opt/cni/bin /usr/lib/cni; echo '=== flannel'; cat /run/flannel/subnet.env",
  ],
  [
    'kubectl',
    "command -v kubectl; [ -s /root/.kube/config ] && echo config=/root/.kube/config; [ -s /etc/kubernetes/admin.conf ] && echo config=/etc/kubernetes/admin.conf; grep -ls KUBECONFIG /root/.bashrc /root/.profile /root/.bash_profile /etc/environment /etc/profile.d/* | sed 's/^/variable=/'",
  ],
  [
    'versions',
    'for p in kubelet containerd runc crictl kubeadm etcd; do command -v $p >/dev/null && echo "$p $(timeout 5 $p --version | head -n 1)"; done',
  ],
];
