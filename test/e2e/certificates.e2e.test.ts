import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { KinitEvent } from '../../src/model/event.js';
import { ageCertificates } from './support/aged.js';
import {
  all,
  eventually,
  failuresOf,
  kinit,
  kinitEvents,
  kinitOk,
  lab,
  only,
  type LabHandle,
} from './support/kinit.js';
import { OVERLAY_MTU, withOverlay, type Reached } from './support/overlay.js';
import { preparedHosts } from './support/prepared.js';

const PREPARATION = 'hostname,hosts-file,packages,time,swap,modules,sysctls,binaries,runtime,images,kubelet';
const SERVING = '/var/lib/kubelet/pki/kubelet-server-current.pem';
/** What the lab's nested hosts lack. */
const UNLIKE_A_MACHINE = '--ignore-preflight-errors=all';

interface Inventory {
  readonly hosts: readonly (Reached & { readonly internalAddress?: string })[];
  readonly [option: string]: unknown;
}

let cluster: LabHandle;
/** The lab's own inventory, of all three hosts. */
let whole: Inventory;
const beside = (name: string): string => join(dirname(cluster.inventory), name);

/**
 * node1 and node2 are kinit's, under an intermediate CA of the user's; node3 is in no inventory of the cluster. Nodes have a
 * network of their own among them, behind the one that SSH uses.
 */
beforeAll(async () => {
  cluster = await lab('certificates', { hosts: 3, snapshot: await preparedHosts() });
  const made = parse(readFileSync(cluster.inventory, 'utf8')) as Inventory;
  whole = { ...made, hosts: await withOverlay(cluster, made.hosts), apiServer: { certSANs: [made.hosts[0]?.address] } };
  await makeAuthorities();
  const pki = { ca: { certFile: 'intermediate.crt', keyFile: 'intermediate.key' } };
  writeFileSync(cluster.inventory, stringify({ ...whole, hosts: whole.hosts.slice(0, 2), pki }));
});

afterAll(async () => {
  await cluster.down();
});

/** A root, an intermediate CA below it, and a root with an Ed25519 key, beside the inventory. */
async function makeAuthorities(): Promise<void> {
  const names = ['intermediate.crt', 'intermediate.key', 'ed25519.crt', 'ed25519.key'];
  const made = await cluster.sh(
    'node3',
    `set -e; cd "$(mktemp -d)"
     printf 'basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign,cRLSign\\nsubjectKeyIdentifier=hash\\n' > ca.ext
     openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.crt -subj '/CN=the root' -days 3650
     openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout intermediate.key -out i.csr -subj '/CN=below the root'
     openssl x509 -req -in i.csr -CA root.crt -CAkey root.key -CAcreateserial -days 3000 -extfile ca.ext -out intermediate.crt
     openssl req -x509 -newkey ed25519 -nodes -keyout ed25519.key -out ed25519.crt -subj /CN=ed25519 -days 3650
     for name in ${names.join(' ')}; do cat $name; echo =====; done`,
  );
  const texts = made.stdout.split('=====\n');
  names.forEach((name, i) => {
    writeFileSync(beside(name), texts[i] ?? '', { mode: 0o600 });
  });
}

const init = (): ReturnType<typeof kinitEvents> => kinitEvents(['init', '-i', cluster.inventory]);

async function initOk(): Promise<KinitEvent[]> {
  const { code, events, stderr } = await init();
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    code: 0,
    stderr: '',
    failures: [],
  });
  return events;
}

const changesOf = (events: readonly KinitEvent[]): number => only(events, 'run-finished').changes;

/** The name of the file that the kubelet serves with; undefined as long as that is its first one. */
async function servingFile(host: string): Promise<string | undefined> {
  const { stdout } = await cluster.sh(host, `readlink ${SERVING} || true`);
  return stdout.trim() === '' ? undefined : stdout.trim();
}

/** Logs, exec and metrics of a node, all of which the API server fetches from its kubelet over TLS. */
async function reachable(node: string): Promise<true> {
  const pod = await cluster.kubectl(
    `-n kube-system get pods -l k8s-app=kube-proxy --field-selector spec.nodeName=${node} -o name`,
  );
  expect((await cluster.kubectl(`-n kube-system logs ${pod.trim()} --tail=1`)).trim()).not.toBe('');
  expect(await cluster.kubectl(`-n kube-system exec ${pod.trim()} -- kube-proxy --version`)).toContain('Kubernetes v');
  expect(await cluster.kubectl(`get --raw /api/v1/nodes/${node}/proxy/metrics/resource`)).toContain('node_cpu_usage');
  return true;
}

test('a CA with an Ed25519 key is refused before any host is touched', async () => {
  const text = parse(readFileSync(cluster.inventory, 'utf8')) as Inventory;
  const inventory = beside('ed25519.yaml');
  writeFileSync(inventory, stringify({ ...text, pki: { ca: { certFile: 'ed25519.crt', keyFile: 'ed25519.key' } } }));
  for (const command of [['inventory', 'check'], ['init']]) {
    const { code, stdout, stderr } = await kinit([...command, '-i', inventory]);
    expect({ code, said: stdout + stderr }).toEqual({ code: 11, said: expect.stringMatching(/Ed25519/i) as string });
  }
  expect((await cluster.sh('node1', 'ls -d /etc/kubernetes 2>/dev/null || true')).stdout).toBe('');
});

test('init under an intermediate CA; every node is reached, the approver is there, and a second init changes nothing', async () => {
  await initOk();
  await Promise.all(['node1', 'node2'].map(reachable));
  expect(changesOf(await initOk())).toBe(0);
  expect((await kinitOk(['artifacts', 'list'])).stdout).toMatch(/^image +serving-approver /m);
});

test('nodes use their own network alone; kubectl gets in from outside by a name of the certificate', async () => {
  const nodes = await cluster.kubectl(
    `get nodes -o jsonpath='{range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address} {.metadata.annotations.flannel\\.alpha\\.coreos\\.com/public-ip}{"\\n"}{end}'`,
  );
  expect(nodes.trim().split('\n')).toEqual(['10.147.20.11 10.147.20.11', '10.147.20.12 10.147.20.12']);
  expect(await cluster.kubectl('-n default get endpointslices kubernetes -o jsonpath={.endpoints[*].addresses}')).toBe(
    '["10.147.20.11"]',
  );
  const mtu = Number((await cluster.sh('node2', 'cat /sys/class/net/flannel.1/mtu')).stdout);
  expect(mtu).toBeLessThan(OVERLAY_MTU);
  const outside = `--server https://${whole.hosts[0]?.address ?? ''}:6443 get --raw /readyz`;
  expect(await cluster.kubectl(outside)).toBe('ok');
});

test('plan reads no private key: it works where the keys are somewhere else', async () => {
  const keys = '/etc/kubernetes/pki/front-proxy-ca.key /etc/kubernetes/pki/etcd/ca.key';
  await cluster.sh('node1', `mkdir /root/away && mv ${keys} /root/away/`);
  const { code, events } = await kinitEvents(['plan', '-i', cluster.inventory]);
  await cluster.sh(
    'node1',
    'mv /root/away/front-proxy-ca.key /etc/kubernetes/pki/ && mv /root/away/ca.key /etc/kubernetes/pki/etcd/',
  );
  expect({ code, failures: failuresOf(events), planned: all(events, 'change-planned') }).toEqual({
    code: 0,
    failures: [],
    planned: [],
  });
});

test('a host that kinit never touched: the stock kubeadm joins it, its kubelet asks, and logs, exec and metrics work', async () => {
  // What a person prepares by hand, another kinit did, and it is forgotten.
  writeFileSync(
    beside('node3.yaml'),
    stringify({ ...whole, name: 'other', hosts: [{ ...whole.hosts[2], roles: ['control-plane'] }] }),
  );
  await kinitOk(['init', '-i', beside('node3.yaml'), '--only', PREPARATION]);
  await cluster.sh(
    'node3',
    'rm -rf /var/lib/kinit /var/lib/kubelet /etc/kubernetes && mkdir -p /etc/kubernetes/manifests',
  );
  const command = (await kinitOk(['token', 'create', '--print-join-command', '-i', cluster.inventory])).stdout.trim();
  const joined = await cluster.sh('node3', `${command} ${UNLIKE_A_MACHINE}`, { timeoutSeconds: 180 });
  expect(joined.stdout).toContain('This node has joined the cluster');
  expect(await eventually('a serving certificate', 60, () => servingFile('node3'))).toContain('kubelet-server-');
  await cluster.kubectl('wait --for=condition=Ready node/node3 --timeout=90s', { timeoutSeconds: 100 });
  await eventually('logs, exec and metrics of node3', 60, () => reachable('node3'));
});

test('what a node asks for beyond its own stays unapproved, whoever asks', async () => {
  const [others = '', own = ''] = whole.hosts.map(({ internalAddress = '' }) => internalAddress);
  const server = ['digital signature', 'key encipherment', 'server auth'];
  const asked: readonly (readonly [string, { names: string; usages?: string[]; as?: 'admin' }])[] = [
    ['other-name', { names: 'DNS:node1' }],
    ['other-address', { names: `IP:${own},IP:${others}` }],
    ['extra-name', { names: `DNS:node2,IP:${own},DNS:kubernetes.default.svc` }],
    ['api-address', { names: `DNS:node2,IP:10.96.0.1` }],
    ['other-usages', { names: `IP:${own}`, usages: [...server, 'client auth'] }],
    ['other-user', { names: `DNS:node2,IP:${own}`, as: 'admin' }],
    // The last: when it is approved, the others have been looked at.
    ['its-own', { names: `DNS:node2,IP:${own}` }],
  ];
  for (const [name, { names, usages = server, as }] of asked) {
    const { stdout } = await cluster.sh(
      'node2',
      `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /O=system:nodes/CN=system:node:node2 -addext subjectAltName=${names} 2>/dev/null | base64 -w0`,
    );
    const object = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name },
      spec: { request: stdout.trim(), signerName: 'kubernetes.io/kubelet-serving', usages },
    };
    const [host, kubeconfig] = as === 'admin' ? ['node1', 'admin'] : ['node2', 'kubelet'];
    const create = `kubectl --kubeconfig /etc/kubernetes/${kubeconfig}.conf create -f - <<'E'\n${JSON.stringify(object)}\nE`;
    await cluster.sh(host, create);
  }
  const state = async (): Promise<Record<string, string>> => {
    const { items } = JSON.parse(await cluster.kubectl('get csr -o json')) as {
      items: { metadata: { name: string }; status: { conditions?: { type: string }[]; certificate?: string } }[];
    };
    const rows = items.map(({ metadata: { name }, status: { conditions = [], certificate } }) => {
      const types = conditions.map(({ type }) => type).join(' ');
      return [name, `${types}${certificate === undefined ? '' : ', issued'}`] as const;
    });
    return Object.fromEntries(rows.filter(([name]) => asked.some(([each]) => each === name)));
  };
  await eventually('the approver to have come to the last', 60, async () =>
    (await state())['its-own'] === 'Approved, issued' ? true : undefined,
  );
  expect(await state()).toEqual(
    Object.fromEntries(asked.map(([name]) => [name, name === 'its-own' ? 'Approved, issued' : ''])),
  );
  const said = await cluster.kubectl('-n kube-system logs deploy/serving-approver');
  for (const [name] of asked.slice(0, -1)) expect(said).toMatch(new RegExp(`${name} of \\S+ is not approved: `));
});

test('near their end: init renews what is its own, kubelets their own, and a second init changes nothing', async () => {
  await ageCertificates(cluster, 'node1', [-360, 5]);
  await ageCertificates(cluster, 'node2', [-360, 5]);
  await Promise.all(['node1', 'node2'].map((host) => cluster.sh(host, 'systemctl restart kubelet')));
  const planned = all((await kinitEvents(['plan', '-i', cluster.inventory])).events, 'change-planned');
  expect(planned.some(({ change }) => (change.reason ?? '').includes('certificate renewed'))).toBe(true);
  expect(changesOf(await initOk())).toBeGreaterThan(10);
  await Promise.all(['node1', 'node2'].map((host) => eventually(`${host}'s own`, 60, () => servingFile(host))));
  await eventually('all nodes', 60, async () => {
    await Promise.all(['node1', 'node2'].map(reachable));
    return true;
  });
  const { stdout } = await kinitOk(['certs', 'list', '-i', cluster.inventory]);
  expect(stdout.match(/\b36[45]\b/g)?.length).toBeGreaterThan(14);
  expect(stdout).toMatch(/apiserver\.crt +kube-apiserver +below the root .* port 6443\n/);
  expect(stdout).not.toContain('NOT on');
  expect(changesOf(await initOk())).toBe(0);
});

test('all of them ended while the hosts were off: one init mends it; a worker joins again as the node it was', async () => {
  const uid = (): Promise<string> => cluster.kubectl("get node node2 -o jsonpath='{.metadata.uid}'");
  const before = await uid();
  for (const host of ['node1', 'node2']) {
    await cluster.sh(host, 'systemctl stop kubelet; crictl rmp -fa >/dev/null 2>&1; true', { timeoutSeconds: 90 });
    await ageCertificates(cluster, host, [-366, -1]);
  }
  await Promise.all(['node1', 'node2'].map((host) => cluster.sh(host, 'systemctl start kubelet')));
  const joined = all(await initOk(), 'change-applied').filter(({ change }) => change.summary.startsWith('join '));
  expect(joined.map(({ host, change }) => `${host}: ${change.reason ?? ''}`)).toEqual([
    expect.stringMatching(/^node2: its kubelet's certificate ended on /),
  ]);
  expect(await uid()).toBe(before);
  await eventually('all nodes', 90, async () => {
    await Promise.all(['node1', 'node2'].map(reachable));
    return true;
  });
  expect(changesOf(await initOk())).toBe(0);
});
