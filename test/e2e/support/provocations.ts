import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { kinitOk, type LabHandle } from './kinit.js';
import { BRIDGE, TUNNEL_PORT } from './network.js';
import { RUNTIME, UNITS } from './runtime.js';

/** One way into trouble, and out of it again by what the doctor advises: the last test of the file sees that it helped. */
export interface Provocation {
  /** Name in the table of causes. */
  readonly cause: string;
  /** Host the finding must name. */
  readonly host: string;
  /** What the finding must say. */
  readonly found: RegExp;
  /** What the finding must advise, which is what `mend` does (besides taking away what only the provocation made). */
  readonly advice: RegExp;
  /** It must be the first cause that is told. Notes and mere warnings need not. */
  readonly first: boolean;
  /** One of its kind, for the test command; npm run test:everything takes all. */
  readonly often?: true;
  /** It shows only where all hosts are looked at; the others are found by a look at their host, which is a third of the work. */
  readonly everywhere?: true;
  /** Why this machine cannot do it; undefined where it can. */
  readonly cannot?: string | undefined;
  readonly provoke: (lab: LabHandle) => Promise<unknown>;
  readonly mend: (lab: LabHandle) => Promise<unknown>;
}

interface Simple {
  readonly host: string;
  readonly found: RegExp;
  readonly advice: RegExp;
  readonly provoke: string;
  /** On that host, or `kinit init`. */
  readonly mend: string | typeof init;
  readonly first?: boolean;
  readonly often?: true;
  readonly everywhere?: true;
  readonly cannot?: string | undefined;
}

const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml';
const KUBECTL = 'export KUBECONFIG=/etc/kubernetes/admin.conf';
/** A hook that drops packets before any rule of the cluster's own sees them. */
const DROP = (rule: string): string =>
  `nft add table inet doctor; nft 'add chain inet doctor in { type filter hook input priority -10; }'; nft add rule inet doctor in ${rule} drop`;
const edit = (file: string, expression: string): string =>
  `cp -p ${file} /root/doctor.saved; sed -i ${expression} ${file}`;
const restore = (file: string): string => `cp -p /root/doctor.saved ${file}`;
/** A CA of its own for certificates with dates of choice. */
const CA = `mkdir -p /root/doctor-ca; cd /root/doctor-ca; rm -f *; touch index; echo 1000 > serial
printf '[ca]\\ndefault_ca=d\\n[d]\\nnew_certs_dir=.\\ndatabase=index\\nserial=serial\\ndefault_md=sha256\\npolicy=p\\n[p]\\nO=optional\\nCN=supplied\\n' > c.cnf
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=kubernetes -days 9 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout k.key -out k.csr -subj /O=system:nodes/CN=system:node:node2 2>/dev/null`;
const CLIENT = '/var/lib/kubelet/pki/kubelet-client-current.pem';
const wrongDate = (start: string, end: string): string => `set -e; ${CA}
openssl ca -batch -config c.cnf -cert ca.crt -keyfile ca.key -in k.csr -out k.crt -startdate ${start} -enddate ${end} -notext 2>/dev/null
systemctl stop kubelet; readlink ${CLIENT} > /root/doctor.link; cat k.crt k.key > /var/lib/kubelet/pki/doctor.pem; chmod 600 /var/lib/kubelet/pki/doctor.pem
ln -sfn doctor.pem ${CLIENT}; systemctl start kubelet`;
const RIGHT_DATE = `ln -sfn "$(cat /root/doctor.link)" ${CLIENT}; rm -f /var/lib/kubelet/pki/doctor.pem; systemctl reset-failed kubelet; systemctl restart kubelet`;

const init = (lab: LabHandle): Promise<unknown> => kinitOk(['init', '-i', lab.inventory]);

const simple = (cause: string, { host, provoke, mend, first = true, ...rest }: Simple): Provocation => ({
  cause,
  host,
  first,
  ...rest,
  provoke: (lab) => lab.sh(host, provoke),
  mend: (lab) => (mend === init ? init(lab) : lab.sh(host, mend as string)),
});

/**
 * The kubelet of node3 has no certificate to serve with, as on a host that the stock kubeadm joined, and asks for one while
 * nobody approves.
 */
async function askUnapproved(lab: LabHandle): Promise<void> {
  await lab.kubectl('-n kube-system scale deployment/serving-approver --replicas=0');
  await lab.kubectl('-n kube-system wait --for=delete pod -l k8s-app=serving-approver --timeout=60s');
  await lab.sh(
    'node3',
    `mkdir -p /root/doctor-pki; mv /var/lib/kubelet/pki/kubelet.* /root/doctor-pki/
${edit(KUBELET_CONFIG, "'/^tlsCertFile:/d; /^tlsPrivateKeyFile:/d'")}; systemctl restart kubelet`,
  );
  await lab.sh(
    'node1',
    `${KUBECTL}; for n in $(seq 60); do kubectl get csr | grep -q 'node:node3 .*Pending' && break; sleep 0.5; done`,
  );
}

/** The advice. */
const APPROVE = `${KUBECTL}; set -e
for csr in $(kubectl get csr | awk '/node:node3 .*Pending/ { print $1 }'); do kubectl certificate approve $csr; done
pod=$(kubectl -n kube-system get pods -l k8s-app=kube-proxy --field-selector spec.nodeName=node3 -o name)
for n in $(seq 60); do kubectl -n kube-system logs $pod --tail=1 && break; sleep 0.5; done
kubectl -n kube-system logs $pod --tail=1`;

/** Everything that can be brought about on lab hosts without a trace on their machine, in the order it is. */
export const PROVOCATIONS: readonly Provocation[] = [
  simple('kubectl-no-config', {
    host: 'node2',
    found: /localhost:8080 was refused/,
    advice: /kinit kubeconfig --on-workers|export KUBECONFIG=\/etc\/kubernetes\/admin\.conf/,
    first: false,
    provoke: 'kubectl get nodes 2>&1 | grep -q "localhost:8080 was refused"',
    mend: 'true',
  }),
  {
    cause: 'serving-request-pending',
    host: 'node3',
    found: /nobody approved it: kubectl logs, exec and top fail there$/,
    advice: /kubectl certificate approve csr-\w+; kinit init puts back the approver/,
    first: true,
    provoke: askUnapproved,
    mend: async (lab) => {
      await lab.sh('node1', APPROVE);
      await lab.kubectl('-n kube-system scale deployment/serving-approver --replicas=1');
      await lab.sh(
        'node3',
        `rm -f /var/lib/kubelet/pki/kubelet-server-*; mv /root/doctor-pki/* /var/lib/kubelet/pki/; ${restore(KUBELET_CONFIG)}; systemctl restart kubelet`,
      );
    },
  },
  simple('kubelet-down', {
    host: 'node3',
    often: true,
    // One that was still starting ends with an error.
    found: /kubelet is (inactive|failed)/,
    advice: /on node3: systemctl enable --now kubelet$/,
    provoke: 'systemctl stop kubelet',
    mend: 'systemctl enable --now kubelet',
  }),
  simple('port-taken', {
    host: 'node2',
    often: true,
    found: /port 10250 of kubelet is taken by \w+ \(pid \d+\)/,
    advice: /stop it \(ps -fp \d+\), then systemctl restart kubelet$/,
    provoke:
      'systemctl stop kubelet; systemd-run --unit=squatter --collect -q socat TCP-LISTEN:10250,fork,reuseaddr -; sleep 1; systemctl start kubelet',
    mend: 'systemctl stop squatter; systemctl restart kubelet',
  }),
  simple('cri-disabled', {
    host: 'node3',
    found: /disabled_plugins.*cri/,
    advice: /\(kinit init does it\)$/,
    provoke: `${edit(RUNTIME.configFile, `'s/^version = 3/version = 3\\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]/'`)}; systemctl restart ${UNITS}; systemctl restart kubelet; sleep 2`,
    mend: init,
  }),
  simple('runtime-down', {
    host: 'node3',
    often: true,
    found: /containerd is .*toml/,
    advice: /journalctl -u containerd -e says why; then systemctl restart containerd$/,
    provoke: `${edit(RUNTIME.configFile, `'$ s/$/\\n[broken/'`)}; systemctl restart ${UNITS} || true; sleep 1`,
    mend: `${restore(RUNTIME.configFile)}; systemctl restart ${UNITS}`,
  }),
  simple('cgroup-v1', {
    host: 'node2',
    found: /cgroup v1/,
    advice: /set failCgroupV1: false in \/var\/lib\/kubelet\/config\.yaml and systemctl restart kubelet/,
    cannot: onCgroupV2() ? 'this machine has cgroup v2, which no kubelet refuses' : undefined,
    provoke: `${edit(KUBELET_CONFIG, "'s/failCgroupV1: false/failCgroupV1: true/'")}; systemctl restart kubelet; sleep 2`,
    mend: `sed -i 's/failCgroupV1: true/failCgroupV1: false/' ${KUBELET_CONFIG}; systemctl restart kubelet`,
  }),
  simple('cgroup-driver', {
    host: 'node3',
    found: /kubelet is set to cgroupfs, the container runtime to systemd/,
    advice: /\(kinit init does it\)$/,
    provoke: `${edit(KUBELET_CONFIG, "'s/cgroupDriver: systemd/cgroupDriver: cgroupfs/'")}; systemctl restart kubelet`,
    mend: `${restore(KUBELET_CONFIG)}; systemctl restart kubelet`,
  }),
  simple('wrong-address', {
    host: 'node2',
    found: /--node-ip of the kubelet is 10\.99\.99\.99/,
    advice: /kinit init does that with the address or internalAddress of node2/,
    provoke: `${edit('/var/lib/kubelet/kubeadm-flags.env', "'s/--node-ip=[0-9.]*/--node-ip=10.99.99.99/'")}; systemctl restart kubelet; sleep 2`,
    mend: init,
  }),
  simple('certificate-expired', {
    host: 'node2',
    often: true,
    found: /kubelet-client-current\.pem \(system:node:node2\) expired on 2025-01-01/,
    advice: /kinit init mends one that has ended/,
    provoke: wrongDate('20240101000000Z', '20250101000000Z'),
    mend: RIGHT_DATE,
  }),
  simple('ca-missing', {
    host: 'node2',
    often: true,
    found: /ca\.crt is missing on node2; node1, node3 have it/,
    advice: /on node2: sed -n .* \/etc\/kubernetes\/kubelet\.conf \| base64 -d > \/etc\/kubernetes\/pki\/ca\.crt/,
    provoke: 'cp -p /etc/kubernetes/pki/ca.crt /root/doctor.saved; rm /etc/kubernetes/pki/ca.crt',
    mend: `sed -n 's/^ *certificate-authority-data: *//p' /etc/kubernetes/kubelet.conf | base64 -d > /etc/kubernetes/pki/ca.crt
cmp /etc/kubernetes/pki/ca.crt /root/doctor.saved`,
  }),
  {
    cause: 'node-deleted',
    host: 'node3',
    everywhere: true,
    found: /the cluster has no node node3, and the kubelet runs on node3/,
    advice: /on node3: systemctl restart kubelet .*kinit reset node3\); kinit init registers it again/,
    first: true,
    provoke: (lab) => lab.kubectl('delete node node3'),
    mend: async (lab) => {
      await lab.sh('node3', 'systemctl restart kubelet');
      await lab.sh(
        'node1',
        `${KUBECTL}; for n in $(seq 120); do kubectl get node node3 && break; sleep 0.5; done
kubectl wait --for=condition=Ready node/node3 --timeout=60s`,
      );
    },
  },
  {
    cause: 'default-role-missing',
    host: 'node1',
    everywhere: true,
    found: /ClusterRole system:node-proxier is not there/,
    advice: /on node1: restart the static pods .*: the API server makes it again when it starts$/,
    first: true,
    provoke: (lab) => lab.kubectl('delete clusterrole system:node-proxier'),
    mend: (lab) =>
      lab.sh(
        'node1',
        `${KUBECTL}; mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/
for n in $(seq 120); do [ -z "$(crictl ps -q --name kube-apiserver)" ] && break; sleep 0.5; done
mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/
for n in $(seq 120); do kubectl get clusterrole system:node-proxier && break; sleep 1; done`,
      ),
  },
  // The lab's hosts share the machine's clock. A clock that is behind shows as a certificate from the future: that can be done.
  simple('clock-skew', {
    host: 'node2',
    found: /kubelet-client-current\.pem is valid only from 2097-01-01/,
    advice: /chronyc makestep/,
    provoke: wrongDate('20970101000000Z', '20980101000000Z'),
    mend: RIGHT_DATE,
  }),
  simple('br-netfilter', {
    host: 'node3',
    found: /bridge-nf-call-iptables is 0/,
    advice: /on node3: sysctl -w net\.bridge\.bridge-nf-call-iptables=1/,
    provoke: 'sysctl -q -w net.bridge.bridge-nf-call-iptables=0',
    mend: 'sysctl -q -w net.bridge.bridge-nf-call-iptables=1',
  }),
  simple('ip-forward', {
    host: 'node2',
    often: true,
    found: /net\.ipv4\.ip_forward is 0/,
    advice: /on node2: sysctl -w net\.ipv4\.ip_forward=1/,
    provoke: 'sysctl -q -w net.ipv4.ip_forward=0',
    mend: 'sysctl -q -w net.ipv4.ip_forward=1',
  }),
  simple('firewall-kubelet', {
    host: 'node2',
    everywhere: true,
    found: /does not answer node1.*10250 drop/,
    advice: /open TCP port 10250 on node2/,
    provoke: DROP('iifname != lo tcp dport 10250'),
    mend: 'nft delete table inet doctor',
  }),
  simple('firewall-vxlan', {
    host: 'node2',
    often: true,
    everywhere: true,
    found: new RegExp(`UDP ${TUNNEL_PORT}.*between node2 and (node1, node3|node3, node1).*${TUNNEL_PORT} drop`),
    advice: /open UDP port/,
    provoke: DROP(`udp dport ${TUNNEL_PORT}`),
    mend: 'nft delete table inet doctor',
  }),
  simple('firewall-api', {
    host: 'node1',
    everywhere: true,
    found: /API port 6443.*does not answer node2, node3.*6443 drop/,
    advice: /open TCP port 6443 on node1/,
    provoke: `${KUBECTL}; ${DROP('ip saddr { '.concat('@nodes', ' } tcp dport 6443')).replace('@nodes', '$(kubectl get nodes -o jsonpath="{.items[1].status.addresses[0].address}, {.items[2].status.addresses[0].address}")')}`,
    mend: 'nft delete table inet doctor',
  }),
  simple('disk-full', {
    host: 'node3',
    found: /\/var\/lib\/etcd is full \(100 %/,
    advice: /on node3: make room/,
    provoke:
      'mkdir -p /var/lib/etcd; mount -t tmpfs -o size=1M tmpfs /var/lib/etcd; dd if=/dev/zero of=/var/lib/etcd/fill bs=64k 2>/dev/null || true',
    mend: 'umount /var/lib/etcd; rmdir /var/lib/etcd 2>/dev/null || true',
  }),
  {
    ...simple('same-identity', {
      host: 'node3',
      everywhere: true,
      found: /node2 and node3 have the same host name \(node2\)/,
      advice: /hostnamectl set-hostname NAME/,
      provoke: 'hostname node2',
      mend: 'hostnamectl set-hostname node3',
    }),
  },
  simple('stale-cni', {
    host: 'node3',
    found: new RegExp(String.raw`${BRIDGE} has 10\.200\.9\.1/24, the pod network of the node is 10\.244\.`),
    advice: /on node3: ip link delete /,
    provoke: `ip link show ${BRIDGE} >/dev/null 2>&1 || ip link add ${BRIDGE} type bridge; ip addr flush dev ${BRIDGE}; ip addr add 10.200.9.1/24 dev ${BRIDGE}`,
    mend: `ip link delete ${BRIDGE}`,
  }),
  {
    ...simple('cni-config-missing', {
      host: 'node3',
      often: true,
      found: /\/etc\/cni\/net\.d is empty/,
      advice: /kubectl -n kube-flannel delete pod -l app=flannel --field-selector spec\.nodeName=node3/,
      provoke: `mv /etc/cni/net.d /etc/cni/net.d.off; mkdir /etc/cni/net.d; systemctl restart ${UNITS}`,
      mend: ':',
    }),
    mend: async (lab) => {
      await lab.sh('node3', 'rm -r /etc/cni/net.d.off');
      await lab.sh(
        'node1',
        `${KUBECTL}; kubectl -n kube-flannel delete pod -l app=flannel --field-selector spec.nodeName=node3`,
      );
    },
  },
  {
    cause: 'image-pull',
    host: 'node2',
    often: true,
    everywhere: true,
    found: /image registry\.invalid\/team\/nope:1 cannot be pulled from registry\.invalid/,
    advice: /check its name/,
    first: false,
    provoke: (lab) =>
      lab.sh(
        'node1',
        `${KUBECTL}; kubectl run nope --image=registry.invalid/team/nope:1 --overrides='{"spec":{"nodeName":"node2"}}'`,
      ),
    mend: (lab) => lab.sh('node1', `${KUBECTL}; kubectl delete pod nope --now --wait=false`),
  },
  {
    cause: 'out-of-memory',
    host: 'node3',
    everywhere: true,
    found: /container hungry of default\/hungry was killed: it used more memory than its limit/,
    advice: /raise resources\.limits\.memory of hungry/,
    first: false,
    provoke: (lab) =>
      lab.sh(
        'node1',
        `${KUBECTL}; image=$(crictl images -o json | grep -o '"[^"]*flannel:[^"]*"' | head -1 | tr -d '"')
kubectl run hungry --image="$image" --restart=Never --overrides='{"spec":{"nodeName":"node3","containers":[{"name":"hungry","image":"'"$image"'","command":["tail","/dev/zero"],"resources":{"limits":{"memory":"30Mi"}}}]}}'`,
      ),
    mend: (lab) => lab.sh('node1', `${KUBECTL}; kubectl delete pod hungry --now --wait=false`),
  },
  {
    cause: 'proxy-down',
    host: 'node3',
    often: true,
    everywhere: true,
    found: /kube-proxy does not run: .*exit code 1/,
    advice: /mend the ConfigMap kube-proxy, then delete the pod/,
    first: true,
    provoke: (lab) =>
      lab.sh(
        'node1',
        `${KUBECTL}; cd /root; kubectl -n kube-system get cm kube-proxy -o yaml | sed '/resourceVersion:/d;/uid:/d;/creationTimestamp:/d' > kp.yaml; sed 's/mode: .*/mode: bogus/' kp.yaml | kubectl replace -f -; kubectl -n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=node3 --now`,
      ),
    mend: (lab) =>
      lab.sh(
        'node1',
        `${KUBECTL}; kubectl replace -f /root/kp.yaml; kubectl -n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=node3 --now`,
      ),
  },
  {
    cause: 'dns-loop',
    host: 'node1',
    everywhere: true,
    found: /kube-system\/coredns-\S+ stops: .*plugin\/loop/,
    advice:
      /put real name servers into the resolv\.conf of node1.*kubectl -n kube-system delete pod -l k8s-app=kube-dns/,
    first: true,
    provoke: async (lab) => {
      for (const host of ['node1', 'node2', 'node3'])
        await lab.sh(host, 'cp /etc/resolv.conf /root/doctor.resolv; echo nameserver 127.0.0.53 > /etc/resolv.conf');
      await lab.sh(
        'node1',
        `${KUBECTL}; kubectl cordon node2; kubectl cordon node3; kubectl -n kube-system delete pod -l k8s-app=kube-dns --now`,
      );
    },
    mend: async (lab) => {
      for (const host of ['node1', 'node2', 'node3']) await lab.sh(host, 'cat /root/doctor.resolv > /etc/resolv.conf');
      await lab.sh(
        'node1',
        `${KUBECTL}; kubectl uncordon node2; kubectl uncordon node3; kubectl -n kube-system delete pod -l k8s-app=kube-dns --now`,
      );
    },
  },
  // For some seconds each fdatasync of etcd takes 1.3 s, as on a disk that is far too slow.
  simple('etcd-slow-disk', {
    host: 'node1',
    found: /writing to disk took etcd 1\.\d+s/,
    advice: /see what else uses the disk/,
    first: false,
    provoke: `export DEBIAN_FRONTEND=noninteractive; (apt-get update -q && apt-get install -y -q --no-install-recommends strace) >/dev/null
timeout 8 strace -qq -f -p "$(pgrep -x etcd)" -e trace=fdatasync -e inject=fdatasync:delay_enter=1300000 >/dev/null 2>&1 || [ $? = 124 ]`,
    mend: ':',
  }),
  simple('container-crash', {
    host: 'node1',
    often: true,
    found: /kube-apiserver ends again and again.*unknown flag: --no-such-flag/,
    advice: /crictl logs/,
    provoke: `${edit('/etc/kubernetes/manifests/kube-apiserver.yaml', "'s/- kube-apiserver$/- kube-apiserver\\n    - --no-such-flag=1/'")}`,
    mend: restore('/etc/kubernetes/manifests/kube-apiserver.yaml'),
  }),
];

/** The machine's: a test that runs alone brings it about. */
export const SWAP_ON: Provocation = {
  ...simple('swap-on', {
    host: 'node2',
    found: /swap is on \(/,
    advice: /swapoff -a.*systemctl restart kubelet/,
    provoke: 'systemctl restart kubelet; sleep 2',
    mend: 'systemctl reset-failed kubelet; systemctl restart kubelet',
  }),
  ...withMachineSwap(),
};

function onCgroupV2(): boolean {
  return existsSync('/sys/fs/cgroup/cgroup.controllers');
}

/** Swap is the kernel's, so one for all hosts of this machine; nspawn keeps hosts from turning it on themselves. */
function withMachineSwap(): Pick<Provocation, 'provoke' | 'mend'> {
  const file = '/var/tmp/kinit-doctor-test.swap';
  const run = (command: string): void => void execFileSync('sh', ['-c', command], { stdio: 'pipe', timeout: 30_000 });
  return {
    provoke: async (lab) => {
      run(
        `rm -f ${file}; dd if=/dev/zero of=${file} bs=1M count=4 2>/dev/null; chmod 600 ${file}; mkswap -q ${file}; swapon ${file}`,
      );
      await lab.sh('node2', 'systemctl restart kubelet; sleep 2');
    },
    mend: async (lab) => {
      run(`swapoff ${file}`);
      rmSync(file, { force: true });
      await lab.sh('node2', 'systemctl reset-failed kubelet; systemctl restart kubelet');
    },
  };
}
