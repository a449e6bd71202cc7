import { X509Certificate } from 'node:crypto';
import { FORM } from './form.js';
import type { LabHandle } from './kinit.js';
import { LIST_IMAGES, RUNTIME, UNITS } from './runtime.js';

/**
 * What kinit leaves on a host, one line each: files with mode, owner and digest, links, units, sysctls, packages, undo entries.
 * Of what differs between any two clusters (keys, certificates, kubeconfigs) the digest is left out, and dates and numbers in
 * names are made the same. Left out: undo entries and notes of packages, which stay installed between the two runs that are compared, and
 * the remembered digests of programs, which only save time; and what came of a file whose way was cut, which stays for a day.
 */
export async function hostState(lab: LabHandle, host: string): Promise<string[]> {
  const { stdout } = await lab.sh(host, HOST_STATE);
  return stdout
    .trim()
    .split('\n')
    .filter((line) => !(line.startsWith('entry ') && isOfMachine(line)))
    .map((line) => line.replace(/^(entry )\d+-/, '$1').replace(/(kubelet-(?:client|server)-)\d{4}-[\d-]+/g, '$1DATE'))
    .sort();
}

/**
 * Kernel settings of the whole machine, in the name of a change or of an undo entry: whether one is there already depends on who
 * else has hosts up.
 */
export const isOfMachine = (name: string): boolean =>
  /sysctl[-:](kernel\.panic|vm\.overcommit_memory|vm\.panic_on_oom)/.test(name);

/** What is in the cluster: every object kinit puts there, without what the server adds and what differs between any two clusters. */
export async function clusterState(lab: LabHandle): Promise<string[]> {
  const { items } = JSON.parse(await lab.kubectl(`get ${KINDS} -A -o json`)) as {
    items: { kind: string; metadata: Record<string, unknown> & { name: string; namespace?: string } }[];
  };
  return (
    items
      // What the check of the whole cluster remembers: uids.
      .filter(({ metadata: { name } }) => name !== 'kinit-probe')
      .map(
        ({ kind, metadata: { name, namespace, labels, annotations }, ...rest }) =>
          `${kind} ${namespace ?? ''}/${name} ${neutral(JSON.stringify({ labels, annotations, ...rest, status: undefined }, sorted))}`,
      )
      .sort()
  );
}

/** Fingerprints of the certificate authorities of a control-plane host, each having signed what it should. */
export async function authorities(lab: LabHandle, host: string): Promise<string[]> {
  const { stdout } = await lab.sh(
    host,
    'cd /etc/kubernetes/pki && for f in ca front-proxy-ca etcd/ca apiserver apiserver-kubelet-client front-proxy-client etcd/server etcd/peer apiserver-etcd-client; do [ ! -e $f.crt ] || cat $f.crt; done',
  );
  const read = stdout
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((text) => text.includes('BEGIN'))
    .map((pem) => new X509Certificate(pem));
  const [ca, frontProxy, etcd, ...leaves] = read;
  // A datastore that is one file has no certificate for peers.
  const signers = [ca, ca, frontProxy, ...leaves.slice(3).map(() => etcd)];
  leaves.forEach((leaf, index) => {
    const signer = signers[index];
    if (signer === undefined || !leaf.verify(signer.publicKey))
      throw new Error(`${leaf.subject} is not signed by ${signer?.subject ?? 'any authority'} that is there`);
  });
  const all = FORM === 'static-pods' ? 6 : 5;
  if (leaves.length !== all) throw new Error(`${leaves.length} certificates instead of ${all}`);
  return read.slice(0, 3).map(({ fingerprint256 }) => fingerprint256);
}

const KINDS =
  'configmaps,serviceaccounts,services,daemonsets,deployments,roles,rolebindings,clusterroles,clusterrolebindings,nodes';

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Certificates, signatures, addresses given out and times are other ones in every cluster. */
function neutral(text: string): string {
  return text
    .replaceAll(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----(\\n)?/g, 'PEM')
    .replaceAll(/(certificate-authority-data: )[A-Za-z0-9+/=]+/g, '$1CA')
    .replaceAll(/(clusterId: )[0-9a-f-]{36}/g, '$1ID')
    .replaceAll(/"jws-kubeconfig-[a-z0-9]+":"[^"]*"/g, 'JWS')
    .replaceAll(/"(uid|resourceVersion|creationTimestamp)":"[^"]*",?/g, '')
    .replaceAll(/"flannel\.alpha\.coreos\.com\/backend-data":"[^}]*}"/g, 'VTEP');
}

const HOST_STATE = `
set -u
paths="/etc /usr/local /opt/cni /var/lib/kinit /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/instance-config.yaml /var/lib/kubelet/pki"
files() { find $paths -xdev -type f ! -path '/var/lib/kinit/journal/*' ! -path '/var/lib/kinit/binaries/*' ! -path '/var/lib/kinit/parts/*' ! -name packages-added ! -name units-added ! -path /etc/ld.so.cache "$@" 2>/dev/null; }
files -printf 'file %p %m %u:%g\\n'
# Without keys and certificates, which are other ones in every cluster, manifests, which hold digests of those, what the balancer notes of servers, and the pod network's file,
# which holds the node's part of it.
files ! -path '/etc/kubernetes/pki/*' ! -path '/etc/kubernetes/*.conf' ! -path '/etc/kubernetes/encryption*' ! -path '/var/lib/kubelet/pki/*' ! -path '/var/lib/kinit/*' ! -path '*/manifests/*.yaml' ! -path /etc/kubernetes/server.yaml ! -path '*/balancer/state.json' ! -path '*/10-kinit.conflist' -print0 | xargs -0 -r sha256sum
for path in /etc/kubernetes/manifests/*.yaml /etc/kubernetes/server.yaml /etc/cni/net.d/10-kinit.conflist; do
  [ ! -e "$path" ] || echo "digest $path $(sed '/kinit.[a-z]*-sha256/d; s/"subnet": *"[^"]*"//' "$path" | sha256sum)"
done
find $paths /var/lib/kubelet -maxdepth 4 -xdev -type d ! -path '/var/lib/kinit/journal/*' ! -path '/var/lib/kubelet/*/*' -printf 'folder %p %m %u:%g\\n' 2>/dev/null
find $paths -xdev -type l -printf 'link %p %l\\n' 2>/dev/null
for entry in /var/lib/kinit/journal/*; do case $entry in *-packages-*) continue;; esac; echo "entry \${entry##*/}"; done
systemctl list-unit-files --no-legend --no-pager --type=service | awk '{ print "unit", $1, $2 }'
for unit in kubelet ${UNITS}; do echo "active $unit $(systemctl is-active $unit)"; done
for key in net/ipv4/ip_forward net/bridge/bridge-nf-call-iptables fs/inotify/max_user_instances; do [ ! -e /proc/sys/$key ] || echo "sysctl $key $(cat /proc/sys/$key)"; done
dpkg-query -W -f 'package \${Package} \${db:Status-Status}\\n'
${LIST_IMAGES} | awk '{ print "image", $1, $2 }' | grep -v sha256:.*sha256
ps -eo comm= | sort -u | grep -E '^(kubelet|etcd|${RUNTIME.units.join('|')}|kube-apiserver|kube-controller|kube-scheduler)$' | sed 's/^/process /'
`;
