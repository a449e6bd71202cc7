import { generateKeyPairSync, X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { requestFor, type Answers, type WantedSignature } from '../../../src/pki/index.js';
import { selfSignCa, signLeaf, type LeafRequest } from '../../../src/pki/x509/certificate.js';
import { readCertificate } from '../../../src/pki/x509/read.js';
import { KUBELET_CLIENT_CURRENT, KUBELET_CLIENT_FIRST, KUBELET_SERVING } from '../../../src/pki/index.js';
import { at, DAYS, failure, NOW, plan, texts, type Found } from './planned.js';

const CAS = ['ca', 'etcd/ca', 'front-proxy-ca'];
const DAY = (days: number): Date => new Date(NOW.getTime() + days * DAYS);
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const pem = (commonName: string): string => selfSignCa(commonName, key, { notBefore: DAY(-1), notAfter: DAY(3650) });
const authorities = Object.fromEntries(CAS.map((name) => [name, { cert: pem(name) }]));
const all: Record<string, { cert: string; key: string }> = {};
const read = (name: string): Promise<{ cert: string; key: string } | undefined> => Promise.resolve(all[name]);
const answers: Answers = { folder: '/requests', read };
let wanted: WantedSignature[] = [];
let found: Found;

/** As whoever has the CA signs. */
async function sign(
  each: WantedSignature,
  { until = DAY(365), more = {} }: { until?: Date; more?: Partial<LeafRequest> } = {},
): Promise<{ cert: string; key: string }> {
  const made = await requestFor(each, {}, 'ECDSA-P256');
  const certificate = readCertificate(authorities[each.authority]?.cert ?? '')!;
  const request = { ...each.request, ...more };
  const validity = { notBefore: DAY(-1), notAfter: until };
  const cert = signLeaf(request, createPublicKey(createPrivateKey(made.key)), { certificate, key }, validity);
  return { cert, key: made.key };
}

const named = (name: string): WantedSignature => wanted.find((each) => each.name === name)!;

beforeAll(async () => {
  await plan({}, { userCas: authorities, onWaiting: (waiting) => (wanted = [...waiting]) });
  for (const each of wanted) all[each.name] = await sign(each);
  found = texts(await plan({}, { userCas: authorities, answers }));
});

test('without the keys of its CAs a cluster waits for every certificate, those of kubelets on all hosts too', async () => {
  expect(wanted.map(({ name }) => name).sort()).toEqual(
    [
      ...['apiserver', 'apiserver-kubelet-client', 'admin.conf', 'super-admin.conf', 'controller-manager.conf'],
      ...['scheduler.conf', 'root-kubeconfig', 'kubelet-client', 'kubelet-server'],
    ]
      .filter((name) => name !== 'root-kubeconfig')
      .map((name) => `ca/n1/${name}`)
      .concat(['ca/n2/kubelet-client', 'ca/n2/kubelet-server', 'front-proxy-ca/n1/front-proxy-client'])
      .concat(
        ['apiserver-etcd-client', 'etcd-healthcheck-client', 'etcd-peer', 'etcd-server'].map((n) => `etcd-ca/n1/${n}`),
      )
      .sort(),
  );
  const error = await failure(plan({}, { userCas: authorities, answers: { folder: '/requests', read: nothing } }));
  expect(error.context.class).toBe('refused');
  expect(error.message).toBe(
    '15 certificates wait for a signature, and kinit has no key of ca, front-proxy-ca, etcd/ca; nothing was changed',
  );
  expect(error.context.found).toContain('n2: kubelet-server, kubelet-client');
  expect(error.context.hint).toContain('kinit certs requests writes what is to be signed into /requests');
});

const nothing = (): Promise<undefined> => Promise.resolve(undefined);

test('answers are the material, kubeconfigs are made of them, and no key of a CA is on any host', () => {
  expect(at(found['n1'], '/etc/kubernetes/pki/apiserver.crt')).toBe(all['ca/n1/apiserver']?.cert);
  expect(at(found['n1'], '/etc/kubernetes/pki/etcd/server.key')).toBe(all['etcd-ca/n1/etcd-server']?.key);
  const admin = Buffer.from(all['ca/n1/admin.conf']?.cert ?? '').toString('base64');
  expect(at(found['n1'], '/etc/kubernetes/admin.conf')).toContain(admin);
  const client = all['ca/n2/kubelet-client'];
  expect(at(found['n2'], KUBELET_CLIENT_FIRST)).toBe(`${client?.cert ?? ''}${client?.key ?? ''}`);
  expect(at(found['n2'], '/etc/kubernetes/kubelet.conf')).toContain('server: https://api.example:6443');
  expect(Object.keys(found['n1'] ?? {}).filter((path) => path.endsWith('ca.key'))).toEqual([]);
});

/** A node as facts tell it: the link that the kubelet reads names the file that kinit wrote. */
const joined = (files: Found): Found =>
  Object.fromEntries(
    Object.entries(files).map(([host, each]) => [
      host,
      { ...each, [KUBELET_CLIENT_CURRENT]: at(each, KUBELET_CLIENT_FIRST) },
    ]),
  );

test('nothing to do: what was signed is on the hosts, with the answers there or gone', async () => {
  expect(texts(await plan(joined(found), { userCas: authorities, answers }))).toEqual(found);
  expect(texts(await plan(joined(found), { userCas: authorities }))).toEqual(found);
});

test('what is due is told and stays; with an answer that ends later it is replaced', async () => {
  let told: readonly WantedSignature[] = [];
  const late = { userCas: authorities, answers, now: DAY(300) };
  const kept = texts(await plan(joined(found), { ...late, onWaiting: (waiting) => (told = waiting) }));
  expect(kept).toEqual(found);
  expect([told.length, told.every(({ mayWait }) => mayWait)]).toEqual([wanted.length, true]);
  const renewed = await sign(named('ca/n1/apiserver'), { until: DAY(700) });
  const other: Answers = {
    folder: '/requests',
    read: (name) => (name === 'ca/n1/apiserver' ? Promise.resolve(renewed) : read(name)),
  };
  const anew = await plan(joined(found), { ...late, answers: other });
  const crt = anew['n1']?.['/etc/kubernetes/pki/apiserver.crt'];
  expect(crt?.content).toBe(renewed.cert);
  expect(crt?.because).toMatch(/^certificate renewed: /);
});

test('a renewal that is gone on with asks no other answer for what a host has got from this one', async () => {
  const goesOn = { userCas: authorities, answers, renewalOf: () => ({ madeBefore: DAY(1) }), now: DAY(1) };
  expect(texts(await plan(joined(found), goesOn))).toEqual(found);
});

test('what has ended is refused, and so is a renewal of all without other answers', async () => {
  const ended = await failure(plan(joined(found), { userCas: authorities, answers, now: DAY(400) }));
  expect(ended.context.hint).toContain('kinit certs requests writes');
  const asked = await failure(plan(joined(found), { userCas: authorities, answers, renewalOf: () => 'all' }));
  expect(asked.context.hint).toContain('kinit certs requests --all');
});

test('a CA with a key signs beside one without', async () => {
  const ofEtcd = { ...authorities, 'etcd/ca': { cert: pem('etcd/ca'), key: keyPem } };
  let told: readonly WantedSignature[] = [];
  await plan({}, { userCas: ofEtcd, onWaiting: (waiting) => (told = waiting) });
  expect(new Set(told.map(({ authority }) => authority))).toEqual(new Set(['ca', 'front-proxy-ca']));
});

const keyPem = key.export({ type: 'sec1', format: 'pem' }).toString();

const other = pem('another');
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test.each<[string, (answer: { cert: string; key: string }) => Promise<{ cert?: string; key?: string }>, string]>([
  ['no certificate', (a) => Promise.resolve({ ...a, cert: 'hello' }), 'not a certificate in PEM form'],
  ['no key', ({ cert }) => Promise.resolve({ cert }), 'the key of its request is not beside it'],
  ['a CA', (a) => Promise.resolve({ ...a, cert: other }), 'it is a CA'],
  [
    'another key',
    async () => ({ ...(await sign(named('ca/n1/apiserver'))), key: keyPem }),
    'its key belongs to another',
  ],
  ['ended', () => sign(named('ca/n1/apiserver'), { until: DAY(-0.5) }), 'ran out on'],
  ['a name missing', () => sign(named('ca/n1/apiserver'), { more: { sans: ['n1'] } }), 'does not cover kubernetes,'],
  [
    'a usage missing',
    () => sign(named('ca/n1/apiserver'), { more: { usages: ['clientAuth'] } }),
    'lacks the usage serverAuth',
  ],
  [
    'another subject',
    () => sign(named('ca/n1/apiserver'), { more: { commonName: 'me', organization: 'system:masters' } }),
    'its subject has CN=me instead of CN=kube-apiserver, O=system:masters, where none was asked for',
  ],
  [
    'another signer',
    async () => {
      const made = await sign(named('ca/n1/apiserver'));
      const signer = { certificate: readCertificate(pem('kubernetes'))!, key: stranger.privateKey };
      const publicKey = createPublicKey(createPrivateKey(made.key));
      const validity = { notBefore: DAY(-1), notAfter: DAY(9) };
      return { ...made, cert: signLeaf(named('ca/n1/apiserver').request, publicKey, signer, validity) };
    },
    'not signed by ca',
  ],
])('an answer that is not what was asked for is named: %s', async (_what, answer, said) => {
  const wrong = await answer(all['ca/n1/apiserver']!);
  const mixed: Answers = {
    folder: '/requests',
    read: (name) => (name === 'ca/n1/apiserver' ? Promise.resolve(wrong) : read(name)),
  };
  const error = await failure(plan({}, { userCas: authorities, answers: mixed }));
  expect(error.context.class).toBe('refused');
  expect(error.context.found).toContain(`/requests/ca/n1/apiserver.crt: ${said}`);
});

test('a kubelet that got its certificate from the cluster keeps it until it is due', async () => {
  const own = await sign(named('ca/n2/kubelet-client'));
  const files = joined(found);
  const rotated = { ...files, n2: { ...files['n2'], [KUBELET_CLIENT_CURRENT]: `${own.cert}${own.key}` } };
  const none: Answers = { folder: '/requests', read: nothing };
  const kept = await plan(rotated, { userCas: authorities, answers: none });
  expect(kept['n2']?.[KUBELET_CLIENT_FIRST]).toBeUndefined();
});

test('a request that nobody has answered stays as it is; one that was, or asks for something else, is made anew', async () => {
  const each = named('ca/n1/apiserver');
  const made = await requestFor(each, {}, 'ECDSA-P256');
  expect(made.ext).toContain('# A certificate for n1: /etc/kubernetes/pki/apiserver.crt');
  expect(made.ext).toContain('extendedKeyUsage = serverAuth\nsubjectAltName = DNS:n1, DNS:kubernetes,');
  expect(await requestFor(each, made, 'ECDSA-P256')).toMatchObject({ key: made.key, csr: made.csr, kept: true });
  const answered = await requestFor(each, { ...made, crt: 'signed' }, 'ECDSA-P256');
  expect([answered.kept, answered.dropsAnswer, answered.key === made.key]).toEqual([false, true, false]);
  const unfit = { ...each, unfit: 'lacks the usage serverAuth' };
  expect((await requestFor(unfit, { ...made, crt: 'signed' }, 'ECDSA-P256')).kept).toBe(true);
  const ended = await sign(each, { until: DAY(-0.5) });
  const files = { ...made, crt: ended.cert };
  expect((await requestFor(unfit, files, 'ECDSA-P256', NOW)).dropsAnswer).toBe(true);
  const more = { ...each, request: { ...each.request, sans: [...each.request.sans, 'more.example'] } };
  expect((await requestFor(more, made, 'RSA-2048')).kept).toBe(false);
  expect(new X509Certificate(all['ca/n1/apiserver']?.cert ?? '').subject).toBe('CN=kube-apiserver');
});

test('a worker that is no node yet has its kubeconfig planned, and its serving pair', () => {
  expect(Object.keys(found['n2'] ?? {}).sort()).toEqual(
    ['/etc/kubernetes/kubelet.conf', '/etc/kubernetes/pki/ca.crt', KUBELET_CLIENT_FIRST]
      .concat(Object.values(KUBELET_SERVING))
      .sort(),
  );
});
