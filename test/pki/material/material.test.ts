import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { certificateWishes } from '../../../src/control-plane/index.js';
import type { HostMaterial, Node } from '../../../src/model/phase.js';
import { selfSignCa, signLeaf } from '../../../src/pki/x509/certificate.js';
import {
  kubeconfig,
  KUBELET_CLIENT_CURRENT,
  KUBELET_CLIENT_FIRST,
  KUBELET_SERVING,
  materialPaths,
  parseKubeconfig,
  planMaterial,
} from '../../../src/pki/index.js';
import { readCertificate } from '../../../src/pki/x509/read.js';
import { makeNodes, makeSpec } from '../context.js';
import { describeCertificate } from '../describe.js';
import { at, DAYS, failure, input, NOW, texts, type Found } from './planned.js';

const spec = makeSpec({ apiServer: { endpoint: 'api.example:6443' } });
const nodes = makeNodes(spec);

let first: Readonly<Record<string, HostMaterial>>;
let found: Found;

function without(paths: readonly string[]): Found {
  return {
    ...found,
    n1: Object.fromEntries(Object.entries(found['n1'] ?? {}).filter(([path]) => !paths.includes(path))),
  };
}

beforeAll(async () => {
  first = await planMaterial(input({}));
  found = texts(first);
});

test('a new cluster gets the certificates and kubeconfigs that kubeadm 1.36 makes', () => {
  const golden = JSON.parse(
    readFileSync(new URL('../../golden/kubeadm-1.36/pki.json', import.meta.url), 'utf8'),
  ) as Record<'certificates' | 'kubeconfigs', Record<string, Record<string, unknown>>>;
  const files = found['n1'];
  for (const [path, wanted] of Object.entries(golden.certificates))
    expect({ path, ...describeCertificate(at(files, path)) }).toEqual({ path, ...wanted });
  for (const [path, wanted] of Object.entries(golden.kubeconfigs)) {
    const parsed = parseKubeconfig(at(files, path));
    const pem = path.endsWith('kubelet.conf') ? at(files, KUBELET_CLIENT_FIRST) : parsed?.certPem;
    expect({
      path,
      server: parsed?.server,
      currentContext: `${parsed?.userName ?? ''}@${parsed?.clusterName ?? ''}`,
      certificate: describeCertificate(pem ?? ''),
    }).toEqual({ path, ...wanted });
  }
});

test('kubectl: hosts that ask for it get a kubeconfig for root, with a certificate of its own that is kept', async () => {
  const path = '/root/.kube/config';
  const having = async (kubectl: string, existing: Found = {}): ReturnType<typeof planMaterial> =>
    planMaterial(input(existing, { spec: makeSpec({ apiServer: { endpoint: 'api.example:6443' }, kubectl }) }));
  expect(first['n1']?.[path]).toBeUndefined();
  const controlPlaneOnly = await having('control-plane');
  expect([controlPlaneOnly['n1']?.[path]?.mode, controlPlaneOnly['n2']?.[path]]).toEqual([0o600, undefined]);
  const all = texts(await having('all', found));
  const parsed = parseKubeconfig(at(all['n2'], path));
  expect(parsed?.server).toBe('https://api.example:6443');
  expect(describeCertificate(parsed?.certPem ?? '')).toMatchObject({
    subject: 'O=kubeadm:cluster-admins\nCN=kubernetes-admin',
  });
  expect(parsed?.certPem).not.toBe(parseKubeconfig(at(all['n1'], path))?.certPem);
  expect(texts(await having('all', all))).toEqual(all);
});

test('everything planned is looked for among the facts', () => {
  const paths = materialPaths(certificateWishes({ spec, node: nodes[0]!, endpoint: 'api.example:6443' }));
  expect([...paths].sort()).toEqual(Object.keys(first['n1'] ?? {}).sort());
});

test('a run that was ended before the kubelet had its configuration is taken up with the certificate it made', async () => {
  const again = texts(await planMaterial(input(without(['/etc/kubernetes/kubelet.conf']))));
  expect(again['n1']?.[KUBELET_CLIENT_FIRST]).toBe(at(found['n1'], KUBELET_CLIENT_FIRST));
});

test('files other than certificates are readable by root only', () => {
  for (const [path, { mode }] of Object.entries(first['n1'] ?? {}))
    expect(`${path} ${mode.toString(8)}`).toBe(`${path} ${path.endsWith('.crt') ? '644' : '600'}`);
});

test('keys are written before their certificates and kubelet.conf last', () => {
  const order = Object.keys(first['n1'] ?? {});
  for (const path of order.filter(
    (candidate) => candidate.startsWith('/etc/kubernetes/pki/') && candidate.endsWith('.crt'),
  )) {
    expect(order.indexOf(path.replace(/crt$/, 'key'))).toBeLessThan(order.indexOf(path));
  }
  expect(order.at(-1)).toBe('/etc/kubernetes/kubelet.conf');
});

test('a worker gets the cluster CA and a serving pair for its kubelet, and no key of the cluster', () => {
  expect(Object.keys(found['n2'] ?? {}).sort()).toEqual(
    ['/etc/kubernetes/pki/ca.crt', KUBELET_SERVING.crt, KUBELET_SERVING.key].sort(),
  );
  expect(describeCertificate(at(found['n2'], KUBELET_SERVING.crt))).toMatchObject({
    subject: 'O=system:nodes\nCN=system:node:n2',
    issuer: 'CN=kubernetes',
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
    sans: ['DNS:n2', 'IP Address:10.77.0.12'],
  });
});

test('what is there is planned again byte for byte, and no second client certificate', async () => {
  const again = texts(await planMaterial(input(found, { now: new Date(NOW.getTime() + 30 * DAYS) })));
  const { [KUBELET_CLIENT_FIRST]: _first, ...rest } = found['n1'] ?? {};
  expect(again).toEqual({ ...found, n1: rest });
});

test('a second control-plane host shares CAs, service-account keys and the encryption key', async () => {
  const two = makeSpec({
    apiServer: { endpoint: 'api.example:6443' },
    hosts: [
      { name: 'n1', address: '10.77.0.11', roles: ['control-plane'] },
      { name: 'n3', address: '10.77.0.13', roles: ['control-plane'] },
    ],
  });
  const made = texts(await planMaterial(input({ n1: found['n1'] ?? {} }, { spec: two, nodes: makeNodes(two) })));
  for (const path of [
    '/etc/kubernetes/pki/ca.key',
    '/etc/kubernetes/pki/etcd/ca.key',
    '/etc/kubernetes/pki/front-proxy-ca.key',
    '/etc/kubernetes/pki/sa.key',
    '/etc/kubernetes/encryption-config.yaml',
  ]) {
    expect(made['n3']?.[path]).toBe(found['n1']?.[path]);
  }
  expect(describeCertificate(at(made['n3'], '/etc/kubernetes/pki/etcd/server.crt'))['subject']).toBe('CN=n3');
  expect(parseKubeconfig(at(made['n3'], '/etc/kubernetes/scheduler.conf'))?.server).toBe('https://10.77.0.13:6443');
});

test('a certificate that lacks a wanted name is made anew, and nothing else is', async () => {
  const wider = makeSpec({ apiServer: { endpoint: 'api.example:6443', certSANs: ['203.0.113.7', 'k8s.example'] } });
  const made = texts(
    await planMaterial(
      input(found, {
        spec: wider,
        nodes: makeNodes(wider),
      }),
    ),
  );
  const changed = Object.keys(made['n1'] ?? {}).filter((path) => made['n1']?.[path] !== found['n1']?.[path]);
  expect(changed.sort()).toEqual(['/etc/kubernetes/pki/apiserver.crt', '/etc/kubernetes/pki/apiserver.key']);
});

test('a changed endpoint changes the server of admin.conf and keeps its certificate', async () => {
  const made = texts(await planMaterial(input(found, { endpoint: 'api.example:8443' })));
  const before = parseKubeconfig(at(found['n1'], '/etc/kubernetes/admin.conf'));
  const after = parseKubeconfig(at(made['n1'], '/etc/kubernetes/admin.conf'));
  expect(after).toEqual({ ...before, server: 'https://api.example:8443' });
  expect(made['n1']?.['/etc/kubernetes/scheduler.conf']).toBe(found['n1']?.['/etc/kubernetes/scheduler.conf']);
});

test('leaf certificates that ran out are made anew, a CA that ran out stops', async () => {
  const later = texts(
    await planMaterial(
      input(found, {
        now: new Date(NOW.getTime() + 366 * DAYS),
      }),
    ),
  );
  const peer = '/etc/kubernetes/pki/etcd/peer.crt';
  expect(at(later['n1'], peer)).not.toBe(at(found['n1'], peer));
  expect(later['n1']?.['/etc/kubernetes/pki/ca.crt']).toBe(found['n1']?.['/etc/kubernetes/pki/ca.crt']);
  const error = await failure(planMaterial(input(found, { now: new Date(NOW.getTime() + 3651 * DAYS) })));
  expect(error.message).toMatch(/ca\.crt ran out on 2040-/);
  expect(error.context.class).toBe('preflight');
});

test('a CA whose key is elsewhere serves while nothing has to be signed, and says what is missing else', async () => {
  const pair = ['crt', 'key'].map((end) => at(found['n1'], `/etc/kubernetes/pki/apiserver-kubelet-client.${end}`));
  const { n1 = {}, n2 = {} } = without(['/etc/kubernetes/pki/ca.key']);
  const noKey = { n1, n2: { ...n2, [KUBELET_CLIENT_CURRENT]: pair.join('') } };
  const made = await planMaterial(input(noKey));
  expect(made['n1']?.['/etc/kubernetes/pki/ca.key']).toBeUndefined();
  const error = await failure(planMaterial(input({ n1 })));
  expect(error.message).toBe('2 certificates wait for a signature, and kinit has no key of ca; nothing was changed');
  expect(error.context).toMatchObject({ class: 'refused', found: 'n2: kubelet-server, kubelet-client' });
});

test('certificates whose CA was lost stop the run: a new CA would cut the cluster off', async () => {
  const error = await failure(
    planMaterial(input(without(['/etc/kubernetes/pki/etcd/ca.crt', '/etc/kubernetes/pki/etcd/ca.key']))),
  );
  expect(error.message).toBe('n1 has /etc/kubernetes/pki/etcd/server.crt and not the CA that signed it');
});

const ENCRYPTION = '/etc/kubernetes/encryption-config.yaml';
const SA_KEY = '/etc/kubernetes/pki/sa.key';
const CA = '/etc/kubernetes/pki/ca.crt';

test.each([
  ['the key of Secrets', [ENCRYPTION], ENCRYPTION],
  ['the key of tokens', [SA_KEY], SA_KEY],
  ['both halves of that', [SA_KEY, '/etc/kubernetes/pki/sa.pub'], SA_KEY],
])('%s that an API server is started with, and that is nowhere, is not made anew', async (_what, paths, lost) => {
  const startedWith = (): readonly string[] => [ENCRYPTION, SA_KEY, CA];
  const error = await failure(planMaterial(input(without(paths), { startedWith })));
  expect(error).toMatchObject({
    message: `the API server of n1 is started with ${lost}, and it is not there`,
    context: {
      ...{ class: 'preflight', host: 'n1', found: 'n1 is the only control plane that answers: no other has it' },
      hint: expect.stringMatching(/^kinit datastore restore --keys FILE puts .* back/) as string,
    },
  });
});

test('so is an empty file, and a CA of which nothing is left', async () => {
  const startedWith = (): readonly string[] => [ENCRYPTION, CA];
  const empty = { ...found, n1: { ...found['n1'], [ENCRYPTION]: '\n' } };
  expect((await failure(planMaterial(input(empty, { startedWith })))).message).toContain(ENCRYPTION);
  expect((await failure(planMaterial(input({ n1: {} }, { startedWith })))).message).toContain(CA);
});

test('nothing is lost where no API server goes by it: a bare host, and a cluster that never encrypted', async () => {
  const made = texts(await planMaterial(input(without([ENCRYPTION]), { startedWith: () => [SA_KEY, CA] })));
  expect(at(made['n1'], ENCRYPTION)).not.toBe(at(found['n1'], ENCRYPTION));
});

test('what another control plane has is taken from there', async () => {
  const two = makeSpec({
    apiServer: { endpoint: 'api.example:6443' },
    hosts: ['n1', 'n2'].map((name, index) => ({
      ...{ name, address: `10.77.0.1${String(index + 1)}` },
      roles: ['control-plane'],
    })),
  });
  const both = texts(await planMaterial(input({ n1: found['n1'] ?? {} }, { spec: two, nodes: makeNodes(two) })));
  const n1 = Object.fromEntries(Object.entries(both['n1'] ?? {}).filter(([path]) => path !== ENCRYPTION));
  const startedWith = (): readonly string[] => [ENCRYPTION];
  const planned = planMaterial(input({ ...both, n1 }, { spec: two, nodes: makeNodes(two), startedWith }));
  expect(texts(await planned)['n1']?.[ENCRYPTION]).toBe(at(found['n1'], ENCRYPTION));
});

test("a CA's certificate that no control plane has any more is put back from a copy, where it signed what is there", async () => {
  const crt = '/etc/kubernetes/pki/ca.crt';
  const back = texts(await planMaterial(input(without([crt]))));
  expect(back).toEqual(texts(await planMaterial(input(found))));
  // No kubeconfig either: a joined worker has it.
  const bare = without([crt, ...Object.keys(found['n1'] ?? {}).filter((path) => path.endsWith('.conf'))]);
  const [leader, worker] = nodes as [Node, Node];
  const joined = {
    ...worker,
    facts: { ...worker.facts, kubernetes: { ...worker.facts.kubernetes, membership: 'member' as const } },
  };
  const fromWorker = texts(await planMaterial(input(bare, { nodes: [leader, joined] })));
  expect(fromWorker['n1']?.[crt]).toBe(found['n1']?.[crt]);
  // That of another cluster is none.
  const other = texts(await planMaterial(input({})));
  const strange = { ...bare, n2: { [crt]: at(other['n1'], crt) } };
  const error = await failure(planMaterial(input(strange, { nodes: [leader, joined] })));
  expect(error.message).toMatch(/^n1 has .* and not the CA that signed it$/);
});

test('a run that was ended after a key goes on with that key', async () => {
  const cut = { n1: { '/etc/kubernetes/pki/ca.key': at(found['n1'], '/etc/kubernetes/pki/ca.key') } };
  const made = texts(await planMaterial(input(cut)));
  expect(made['n1']?.['/etc/kubernetes/pki/ca.key']).toBe(found['n1']?.['/etc/kubernetes/pki/ca.key']);
  const ca = readCertificate(at(made['n1'], '/etc/kubernetes/pki/ca.crt'));
  expect(
    ca?.x509.publicKey.equals(
      readCertificate(at(found['n1'], '/etc/kubernetes/pki/ca.crt'))?.x509.publicKey ?? ca.x509.publicKey,
    ),
  ).toBe(true);
});

test('a key that is not the key of its CA stops the run', async () => {
  const wrong = {
    ...found,
    n1: { ...found['n1'], '/etc/kubernetes/pki/ca.key': at(found['n1'], '/etc/kubernetes/pki/sa.key') },
  };
  expect((await failure(planMaterial(input(wrong)))).message).toBe(
    '/etc/kubernetes/pki/ca.key is not the key of its certificate',
  );
});

test('a joined worker with another CA is refused, one that has not joined gets the right CA', async () => {
  const stranger = texts(await planMaterial(input({})));
  const mixed = { n1: found['n1'] ?? {}, n2: stranger['n2'] ?? {} };
  const made = texts(await planMaterial(input(mixed)));
  expect(made['n2']?.['/etc/kubernetes/pki/ca.crt']).toBe(found['n1']?.['/etc/kubernetes/pki/ca.crt']);
  const joined = makeNodes(spec, {
    kubernetes: { membership: 'member', kubeletActive: true, pki: {}, journal: false, made: false, manifests: {} },
  });
  expect((await failure(planMaterial(input(mixed, { nodes: joined })))).message).toBe(
    'n2 has the CA of another cluster',
  );
});

test('kubelet.conf of another cluster stops the run', async () => {
  const other = texts(await planMaterial(input({})));
  const mixed = {
    ...found,
    n1: { ...found['n1'], '/etc/kubernetes/kubelet.conf': at(other['n1'], '/etc/kubernetes/kubelet.conf') },
  };
  expect((await failure(planMaterial(input(mixed)))).message).toBe('n1 is a node of another cluster');
});

test("the user's own CA signs, an ECDSA one too, and its subject is repeated byte by byte", async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const cert = selfSignCa('Größe Root', privateKey, { notBefore: NOW, notAfter: new Date(NOW.getTime() + 900 * DAYS) });
  const key = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  const made = texts(await planMaterial(input({}, { userCas: { ca: { cert, key } } })));
  const ca = readCertificate(cert);
  const leaf = readCertificate(at(made['n1'], '/etc/kubernetes/pki/apiserver.crt'));
  if (ca === undefined || leaf === undefined) throw new Error('unreadable');
  expect(made['n1']?.['/etc/kubernetes/pki/ca.crt']).toBe(cert);
  expect(leaf.x509.checkIssued(ca.x509) && leaf.x509.verify(ca.x509.publicKey)).toBe(true);
});

test("a user's CA that cannot serve is refused with the reason", async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const validity = { notBefore: NOW, notAfter: new Date(NOW.getTime() + DAYS) };
  const pem = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const ca = selfSignCa('x', pair.privateKey, validity);
  const certificate = readCertificate(ca);
  if (certificate === undefined) throw new Error('unreadable');
  const leaf = signLeaf(
    { commonName: 'y', usages: ['clientAuth'], sans: [] },
    pair.publicKey,
    { certificate, key: pair.privateKey },
    validity,
  );
  const refusal = async (cert: string, key: string, now = NOW): Promise<string> =>
    (await failure(planMaterial(input({}, { userCas: { 'etcd/ca': { cert, key } }, now })))).message;
  expect(await refusal(leaf, pem)).toBe(
    'The etcd/ca of the inventory cannot be used: certFile is not a CA (basicConstraints CA:TRUE is missing)',
  );
  expect(await refusal(ca, at(found['n1'], '/etc/kubernetes/pki/sa.key'))).toMatch(
    /keyFile is not the key of certFile$/,
  );
  expect(await refusal(ca, 'nonsense')).toMatch(/keyFile holds no private key/);
  expect(await refusal(ca, pem, new Date(NOW.getTime() + 2 * DAYS))).toMatch(/ran out on 2030-05-02$/);
});

test('another CA in the inventory than on the hosts is refused', async () => {
  const userCas = {
    ca: {
      cert: at(found['n1'], '/etc/kubernetes/pki/etcd/ca.crt'),
      key: at(found['n1'], '/etc/kubernetes/pki/etcd/ca.key'),
    },
  };
  expect((await failure(planMaterial(input(found, { userCas })))).message).toBe(
    'The inventory gives another ca than n1 has',
  );
});

test('a kubeconfig survives being written and read', () => {
  const text = kubeconfig({
    clusterName: 'c',
    server: 'https://[fd00::1]:6443',
    caPem: 'CA\n',
    userName: 'u',
    user: { token: 'abcdef.0123456789abcdef' },
  });
  expect(parseKubeconfig(text)).toEqual({
    clusterName: 'c',
    userName: 'u',
    server: 'https://[fd00::1]:6443',
    caPem: 'CA\n',
    token: 'abcdef.0123456789abcdef',
  });
  expect(parseKubeconfig('contexts: null')).toBeUndefined();
  expect(parseKubeconfig(': : :')).toBeUndefined();
});
