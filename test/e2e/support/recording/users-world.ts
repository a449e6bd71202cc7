/** What a person has on both hosts before kinit comes. */
const BOTH = `set -e
mkdir -p /etc/containerd /etc/cni/net.d /srv/data /var/lib/kubelet/data /etc/systemd/system/kubelet.service.d /etc/modules-load.d
printf '10.9.9.9 printer\\n# no line end after this' >> /etc/hosts
printf 'UUID=0a1b2c3d-1111-2222-3333-444455556666 none swap sw 0 0\\n' >> /etc/fstab
printf 'version = 2\\n# mine\\n' > /etc/containerd/config.toml; chmod 600 /etc/containerd/config.toml
printf '{"cniVersion":"1.0.0","name":"mine","plugins":[{"type":"loopback"}]}\\n' > /etc/cni/net.d/87-mine.conflist; chown daemon /etc/cni/net.d/87-mine.conflist
printf 'net.ipv4.ip_forward = 0\\nnet.ipv4.conf.all.rp_filter = 2\\n' > /etc/sysctl.d/50-mine.conf; sysctl -q -p /etc/sysctl.d/50-mine.conf
printf 'overlay\\n' > /etc/modules-load.d/mine.conf
printf '#!/bin/sh\\necho my own kubectl\\n' > /usr/local/bin/kubectl; chmod 750 /usr/local/bin/kubectl
printf 'timeout: 7\\n' > /etc/crictl.yaml
printf '[Service]\\nEnvironment=MINE=1\\n' > /etc/systemd/system/kubelet.service.d/99-mine.conf
printf '[Unit]\\nDescription=mine\\n[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/mine.service
systemctl daemon-reload; systemctl -q enable --now mine.service
echo precious > /srv/data/file; mount --bind /srv/data /var/lib/kubelet/data
echo note > /var/lib/kubelet/mine.txt; chmod 755 /var/lib/kubelet
ip link add mine0 type bridge; ip address add 192.0.2.1/24 dev mine0; ip link set mine0 up
useradd --system mine
export DEBIAN_FRONTEND=noninteractive
`;

/** node1 has a packet filter and a clock of its own, node2 rules of iptables. The packages lie in the lab's apt cache. */
export const USERS_WORLD = {
  node1: `${BOTH}
mkdir -p /etc/chrony
apt-get -y install --no-install-recommends nftables chrony > /dev/null
printf '# mine\\npool ntp.example.org iburst\\ndriftfile /var/lib/chrony/chrony.drift\\n' > /etc/chrony/chrony.conf; systemctl restart chrony
printf '#!/usr/sbin/nft -f\\nflush ruleset\\ntable inet mine {\\n\\tchain input {\\n\\t\\ttype filter hook input priority filter; policy accept;\\n\\t\\ttcp dport 9999 drop\\n\\t}\\n}\\n' > /etc/nftables.conf
systemctl -q enable nftables; systemctl restart nftables
nft add table ip by-hand; nft add chain ip by-hand c '{ type filter hook output priority 5; }'; nft add rule ip by-hand c tcp dport 7777 drop
`,
  node2: `${BOTH}
apt-get -y install --no-install-recommends iptables > /dev/null
iptables -A INPUT -p tcp --dport 9998 -j DROP
iptables -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE
`,
} as const;
