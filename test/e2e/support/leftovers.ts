/** What somebody had on a host before: how it is made, and how `kinit check` names it. */
export interface LeftBehind {
  /** Of the table in src/leftovers. */
  readonly row: string;
  readonly on: readonly ('node1' | 'node2')[];
  readonly script: string;
  /** Owner and age among it. */
  readonly found: RegExp;
  /** It is told, and nothing stops. */
  readonly onlyTold?: true;
}

const BRIDGE =
  '{"cniVersion":"1.0.0","name":"containerd-net","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.88.0.0/16"}]]}}]}';
const PKI = '/var/lib/kubelet/pki';

/** A certificate authority of another cluster, in /root/old: made once. */
const OTHER_CA = `mkdir -p /root/old; cd /root/old
[ -e ca.crt ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=old -days 30 2>/dev/null
mkdir -p /etc/kubernetes/pki ${PKI}`;

export const LEFT_BEHIND: readonly LeftBehind[] = [
  {
    row: 'cni-configuration',
    on: ['node1', 'node2'],
    script: `mkdir -p /etc/cni/net.d; echo '${BRIDGE}' > /etc/cni/net.d/10-containerd-net.conflist; touch -d '2023-05-01' /etc/cni/net.d/10-containerd-net.conflist`,
    found: /10-containerd-net\.conflist \(network containerd-net: bridge, host-local, \d+ years? old\)/,
  },
  {
    row: 'network-state',
    on: ['node1', 'node2'],
    script: `mkdir -p /run/flannel /var/lib/cni/networks/cbr0; printf 'FLANNEL_NETWORK=10.42.0.0/16\\nFLANNEL_SUBNET=10.42.3.1/24\\nFLANNEL_MTU=1450\\nFLANNEL_IPMASQ=true\\n' > /run/flannel/subnet.env
for i in $(seq 2 254); do echo dead > /var/lib/cni/networks/cbr0/10.244.0.$i; done`,
    found: /subnet\.env \(10\.42\.3\.1\/24, .*networks\/cbr0 \(253 addresses given out/,
  },
  {
    row: 'links',
    on: ['node1', 'node2'],
    script:
      'ip link add cni0 address 0a:58:0a:c8:09:01 type bridge; ip addr add 10.200.9.1/24 dev cni0; ip link set cni0 up; ip link add nodelocaldns type bridge; ip addr add 10.96.0.10/32 dev nodelocaldns; ip link add flannel.1 type vxlan id 1 dev host0 dstport 8472 nolearning; ip addr add 10.200.9.0/32 dev flannel.1; ip link set flannel.1 up',
    found:
      /link cni0 \(10\.200\.9\.1\/24\); link flannel\.1 \(10\.200\.9\.0\/32\); link nodelocaldns \(10\.96\.0\.10\/32\)/,
  },
  {
    row: 'etcd-data',
    on: ['node1'],
    script:
      'mkdir -p -m 700 /var/lib/etcd/member/snap; echo old > /var/lib/etcd/member/snap/db; touch -d 2024-01-01 /var/lib/etcd/member',
    found: /\/var\/lib\/etcd \(user root, \d+ years? old\)/,
  },
  {
    row: 'kubelet-state',
    on: ['node1', 'node2'],
    script: `${OTHER_CA}
openssl req -newkey rsa:2048 -nodes -keyout n.key -out n.csr -subj "/O=system:nodes/CN=system:node:$(hostname)" 2>/dev/null
openssl x509 -req -in n.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out n.crt 2>/dev/null
(umask 077; cat n.crt n.key > ${PKI}/kubelet-client-old.pem); ln -s kubelet-client-old.pem ${PKI}/kubelet-client-current.pem
echo '{"policyName":"static","defaultCpuSet":"0","checksum":1}' > /var/lib/kubelet/cpu_manager_state; mkdir -p /var/lib/kubelet/pods/1234/volumes`,
    found:
      /kubelet-client-current\.pem \(system:node:node\d, signed by old, .*cpu_manager_state .*\/var\/lib\/kubelet\/pods/,
  },
  {
    row: 'cluster-files',
    on: ['node2'],
    script: `${OTHER_CA}
cp ca.crt /etc/kubernetes/pki/ca.crt
printf 'apiVersion: v1\\nkind: Config\\nclusters:\\n- cluster:\\n    certificate-authority-data: %s\\n    server: https://192.0.2.7:6443\\n  name: old\\ncontexts:\\n- context: {cluster: old, user: u}\\n  name: c\\ncurrent-context: c\\nusers:\\n- name: u\\n  user:\\n    client-certificate: ${PKI}/kubelet-client-current.pem\\n    client-key: ${PKI}/kubelet-client-current.pem\\n' "$(base64 -w0 < ca.crt)" > /etc/kubernetes/kubelet.conf`,
    found: /kubelet\.conf \(cluster at https:\/\/192\.0\.2\.7:6443, .*\/etc\/kubernetes\/pki \(old, signed by old/,
  },
  {
    row: 'manifests',
    on: ['node2'],
    script: `mkdir -p /etc/kubernetes/manifests; printf 'apiVersion: v1\\nkind: Pod\\nmetadata: {name: kube-vip}\\nspec:\\n  containers:\\n  - name: kube-vip\\n    image: ghcr.io/kube-vip/kube-vip:v0.4.0\\n' > /etc/kubernetes/manifests/kube-vip.yaml`,
    found: /kube-vip\.yaml \(ghcr\.io\/kube-vip\/kube-vip:v0\.4\.0/,
  },
  {
    row: 'service-settings',
    on: ['node1', 'node2'],
    script: `mkdir -p /etc/systemd/system/containerd.service.d
printf 'KUBELET_EXTRA_ARGS=--node-ip=10.0.2.15 --cgroup-driver=cgroupfs\\n' > /etc/default/kubelet
printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/containerd --config /etc/old.toml\\n' > /etc/systemd/system/containerd.service.d/override.conf
systemctl daemon-reload`,
    found: /containerd\.service\.d\/override\.conf \(ExecStart.*\/etc\/default\/kubelet \(--node-ip --cgroup-driver/,
  },
  {
    row: 'runtime-imports',
    on: ['node2'],
    script: `mkdir -p /etc/containerd/conf.d; printf 'version = 2\\n[plugins."io.containerd.grpc.v1.cri".cni]\\n  conf_dir = "/etc/old-cni"\\n' > /etc/containerd/conf.d/99-old.toml`,
    found: /99-old\.toml \(conf_dir = "\/etc\/old-cni"/,
  },
  {
    row: 'user-kubeconfig',
    on: ['node2'],
    script: `mkdir -p /root/.kube; cp /etc/kubernetes/kubelet.conf /root/.kube/config; chmod 600 /root/.kube/config`,
    found: /\/root\/\.kube\/config \(cluster at https:\/\/192\.0\.2\.7:6443/,
    onlyTold: true,
  },
  {
    row: 'sysctls',
    on: ['node1', 'node2'],
    script: `echo 'net.ipv4.ip_forward=0' >> /etc/sysctl.conf; [ -e /etc/sysctl.d/99-sysctl.conf ] || ln -s ../sysctl.conf /etc/sysctl.d/99-sysctl.conf; echo 'net/ipv4/ip_forward = 0' > /etc/sysctl.d/99-zz-hardening.conf`,
    found: /\/etc\/sysctl\.conf:\d+ \(net\.ipv4\.ip_forward = 0, when /,
    onlyTold: true,
  },
];
