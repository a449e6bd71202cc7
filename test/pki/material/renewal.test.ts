import { beforeAll, expect, test } from 'vitest';
import { hostCertificates, KUBELET_CLIENT_CURRENT, KUBELET_SERVING, parseKubeconfig } from '../../../src/pki/index.js';
import { readCertificate } from '../../../src/pki/x509/read.js';
import { at, DAYS, failure, input, NOW, plan, texts, type Found } from './planned.js';

const LEAVES = [
  'apiserver',
  'apiserver-kubelet-client',
  'apiserver-etcd-client',
  'front-proxy-client',
  'etcd/server',
  'etcd/peer',
  'etcd/healthcheck-client',
].map((name) => `/etc/kubernetes/pki/${name}.crt`);
const CONFS = ['admin', 'super-admin', 'controller-manager', 'scheduler'].map((name) => `/etc/kubernetes/${name}.conf`);

let found: Found;

beforeAll(async () => {
  found = texts(await plan({}));
});

const later = (days: number): Date => new Date(NOW.getTime() + days * DAYS);
const certificateOf = (text: string): string => parseKubeconfig(text)?.certPem ?? text;
const renewed = (made: Found, host = 'n1'): string[] =>
  [...LEAVES, ...CONFS].filter((path) => made[host]?.[path] !== found[host]?.[path]);

test('nothing is renewed before the last third of its life', async () => {
  expect(renewed(texts(await plan(found, { now: later(243) })))).toEqual([]);
});

test('in the last third of its life every certificate is renewed, those in kubeconfigs too, and no CA', async () => {
  const made = await plan(found, { now: later(244) });
  expect(renewed(texts(made))).toEqual([...LEAVES, ...CONFS]);
  for (const path of [...LEAVES, ...CONFS]) {
    expect(readCertificate(certificateOf(made['n1']?.[path]?.content ?? ''))?.notAfter).toEqual(later(244 + 365));
    expect(made['n1']?.[path]?.because).toBe('certificate renewed: the one there ends on 2031-05-01');
  }
  for (const ca of ['ca', 'etcd/ca', 'front-proxy-ca'])
    expect(made['n1']?.[`/etc/kubernetes/pki/${ca}.crt`]?.content).toBe(found['n1']?.[`/etc/kubernetes/pki/${ca}.crt`]);
});

test('a renewed certificate gets a new key, and the next look has nothing to do', async () => {
  const made = texts(await plan(found, { now: later(244) }));
  const key = '/etc/kubernetes/pki/apiserver.key';
  expect(made['n1']?.[key]).not.toBe(found['n1']?.[key]);
  const again = await plan({ ...made, n1: { ...made['n1'] } }, { now: later(245) });
  for (const path of [...LEAVES, ...CONFS]) expect(again['n1']?.[path]?.content).toBe(made['n1']?.[path]);
  expect(Object.values(again['n1'] ?? {}).map(({ because }) => because)).not.toContain(expect.anything());
});

test('each certificate is judged by its own life: one that was renewed stays when the others are due', async () => {
  const early = texts(await plan(found, { now: later(200), renewalOf: () => 'all' }));
  const path = '/etc/kubernetes/pki/etcd/peer';
  const mixed = {
    ...found,
    n1: {
      ...found['n1'],
      [`${path}.crt`]: at(early['n1'], `${path}.crt`),
      [`${path}.key`]: at(early['n1'], `${path}.key`),
    },
  };
  const made = texts(await plan(mixed, { now: later(250) }));
  expect(made['n1']?.[`${path}.crt`]).toBe(at(early['n1'], `${path}.crt`));
  expect(made['n1']?.['/etc/kubernetes/pki/etcd/server.crt']).not.toBe(
    at(found['n1'], '/etc/kubernetes/pki/etcd/server.crt'),
  );
});

test('all are renewed on request, on the hosts asked for', async () => {
  const made = await plan(found, { now: later(1), renewalOf: (host) => (host === 'n1' ? 'all' : 'due') });
  expect(renewed(texts(made))).toEqual([...LEAVES, ...CONFS]);
  expect(made['n1']?.[LEAVES[0] ?? '']?.because).toBe('certificate renewed: asked for');
  expect(texts(made)['n2']).toEqual(found['n2']);
});

test('a renewal that is gone on with leaves what was made since it began', async () => {
  const begun = later(1);
  const some = texts(await plan(found, { now: new Date(begun.getTime() + 999), renewalOf: () => 'all' }));
  const path = '/etc/kubernetes/pki/etcd/peer';
  const cut = { ...found, n1: { ...found['n1'] } };
  for (const end of ['crt', 'key']) cut.n1[`${path}.${end}`] = at(some['n1'], `${path}.${end}`);
  const made = texts(await plan(cut, { now: later(1.1), renewalOf: () => ({ madeBefore: begun }) }));
  expect(renewed(made)).toEqual([...LEAVES, ...CONFS]);
  expect(made['n1']?.[`${path}.crt`]).toBe(at(some['n1'], `${path}.crt`));
  expect(texts(await plan(made, { now: later(1.2), renewalOf: () => ({ madeBefore: begun }) }))['n1']).toEqual(
    made['n1'],
  );
});

test('one that is not valid yet is made anew: a clock was wrong when it was made', async () => {
  const ahead = texts(await plan({ n1: caOf(found) }, { now: later(3) }));
  const made = await plan(ahead, { now: later(1) });
  expect(made['n1']?.[LEAVES[0] ?? '']?.because).toMatch(/^certificate renewed: is not valid before 2030-05-04T/);
});

test("a CA's own end is not put off by renewing what it signed", async () => {
  const shortCa = texts(await plan({}, { spec: input({}, { pki: { caValidityDays: 300 } }).spec }));
  const made = await plan(shortCa, { now: later(290) });
  expect(texts(made)['n1']?.[LEAVES[0] ?? '']).toBe(at(shortCa['n1'], LEAVES[0] ?? ''));
});

test('where the key of the CA is elsewhere, what is due stays and what ran out is named', async () => {
  const noKey: Found & { n1: Record<string, string> } = { ...found, n1: { ...found['n1'] } };
  delete noKey.n1['/etc/kubernetes/pki/ca.key'];
  const pair = ['crt', 'key'].map((end) => at(found['n1'], `/etc/kubernetes/pki/apiserver-kubelet-client.${end}`));
  noKey['n2'] = { ...found['n2'], [KUBELET_CLIENT_CURRENT]: pair.join('') };
  const made = texts(await plan(noKey, { now: later(300) }));
  expect(made['n1']?.['/etc/kubernetes/pki/apiserver.crt']).toBe(at(found['n1'], '/etc/kubernetes/pki/apiserver.crt'));
  expect((await failure(plan(noKey, { now: later(366) }))).message).toMatch(
    /^\d+ certificates wait for a signature, and kinit has no key of ca;/,
  );
});

test('the certificates of a host are listed with their ends, the first to end first', () => {
  const rows = hostCertificates(found['n1'] ?? {}, later(250));
  expect(rows.find(({ path }) => path === '/etc/kubernetes/admin.conf')).toMatchObject({
    subject: 'kubernetes-admin',
    notAfter: later(365),
    renewedBy: 'kinit',
    due: true,
  });
  expect(rows.at(-1)).toMatchObject({ renewedBy: 'nobody', due: false });
  const keyless = hostCertificates(found['n1'] ?? {}, later(250), [at(found['n1'], '/etc/kubernetes/pki/ca.crt')]);
  expect(keyless.find(({ path }) => path === '/etc/kubernetes/admin.conf')?.renewedBy).toBe('request');
  expect(keyless.find(({ path }) => path.endsWith('etcd/server.crt'))?.renewedBy).toBe('kinit');
});

/** The CAs alone: everything else is made anew. */
function caOf(of: Found): Record<string, string> {
  return Object.fromEntries(Object.entries(of['n1'] ?? {}).filter(([path]) => /(ca|sa)\.(crt|key|pub)$/.test(path)));
}

test('a kubelet that was off until its certificate had ended gets another first one; while it runs it is left alone', async () => {
  const current = '/var/lib/kubelet/pki/kubelet-client-current.pem';
  const first = '/var/lib/kubelet/pki/kubelet-client-first.pem';
  const running = { ...found, n1: { ...found['n1'], [current]: at(found['n1'], first) } };
  expect((await plan(running, { now: later(360) }))['n1']?.[first]).toBeUndefined();
  const made = (await plan(running, { now: later(366) }))['n1']?.[first];
  expect(made?.because).toBe("certificate renewed: the kubelet's ended on 2031-05-01");
  expect(readCertificate(made?.content ?? '')?.notAfter).toEqual(later(366 + 365));
});

test("a kubelet's first serving certificate is renewed until it has one of its own", async () => {
  const { crt } = KUBELET_SERVING;
  expect((await plan(found, { now: later(250) }))['n2']?.[crt]?.content).not.toBe(at(found['n2'], crt));
  const own = {
    ...found,
    n2: { ...found['n2'], '/var/lib/kubelet/pki/kubelet-server-current.pem': at(found['n2'], crt) },
  };
  expect((await plan(own, { now: later(366) }))['n2']?.[crt]?.content).toBe(at(found['n2'], crt));
  expect(hostCertificates(own.n2, later(1)).map(({ path }) => path)).not.toContain(crt);
});
