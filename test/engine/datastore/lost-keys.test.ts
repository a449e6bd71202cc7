import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ClusterKeys } from '../../../src/engine/datastore/keys-file.js';
import type { LiveHost, LostHost } from '../../../src/engine/session/session.js';
import type { Membership } from '../../../src/model/facts.js';
import type { Resource } from '../../../src/model/resource.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { selfSignCa } from '../../../src/pki/x509/certificate.js';
import { careOptions, liveHosts } from './members.js';

let hosts: { live: LiveHost[]; lost: LostHost[] };
vi.mock('../../../src/engine/session/session.js', () => ({
  openHosts: () => Promise.resolve(hosts),
  closeHosts: () => Promise.resolve(),
}));
vi.mock('../../../src/engine/change/bring-about.js', () => ({
  bringAbout: ({ spec }: LiveHost, resources: readonly Resource[]) => {
    written.push(...resources.filter(({ kind }) => kind === 'file').map(({ id }) => `${spec.name} ${id}`));
    return Promise.resolve([]);
  },
}));
const { placeKeys } = await import('../../../src/engine/datastore/keys.js');

let written: string[];
beforeEach(() => {
  written = [];
});

function authority(name: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  return selfSignCa(name, privateKey, { notBefore: new Date(now - 1000), notAfter: new Date(now + 86_400_000) });
}

const CA = authority('kubernetes');
const PKI = '/etc/kubernetes/pki';
const ENCRYPTION = '/etc/kubernetes/encryption-config.yaml';
const FILES = {
  [`${PKI}/ca.crt`]: CA,
  [`${PKI}/ca.key`]: 'key of the CA',
  [`${PKI}/sa.key`]: 'signs',
  [`${PKI}/sa.pub`]: 'public half\n',
  [ENCRYPTION]: 'kind: EncryptionConfiguration',
};
const KEYS: ClusterKeys = { kinitKeys: 1, cluster: 'test', ca: sha256Hex(CA.trim()), files: FILES };
/** What a CA has signed tells it: a root has signed itself. */
const SIGNED = { [`${PKI}/apiserver.crt`]: CA };

/** @param there by host, what it has; undefined: it is no node */
function place(...there: readonly (Readonly<Record<string, string>> | undefined)[]) {
  const membership = (files: unknown): Membership => (files === undefined ? 'none' : 'member');
  const live = there.flatMap(
    (pki, index) => liveHosts(() => undefined, [], { membership: membership(pki), pki: pki ?? {} })[index] ?? [],
  );
  hosts = { live, lost: [] };
  return placeKeys({ ...careOptions(), keys: KEYS });
}

const without = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries({ ...FILES, ...SIGNED }).filter(([path]) => !paths.includes(path)));

test('hosts without a cluster get all of them, on the first', async () => {
  expect(await place(undefined, undefined)).toEqual({ host: 'c1', files: Object.keys(FILES), lost: false });
  expect(written).toEqual(Object.keys(FILES).map((path) => `c1 file:${path}`));
});

test.each([
  [[`${PKI}/sa.key`]],
  [[ENCRYPTION]],
  [[`${PKI}/sa.key`, `${PKI}/sa.pub`]],
  [[`${PKI}/ca.crt`]],
  [[`${PKI}/ca.crt`, `${PKI}/ca.key`, ENCRYPTION]],
])('the cluster of these keys gets back what it has lost, and nothing else: %s', async (lost) => {
  const placed = await place(without(...lost));
  expect({ ...placed, files: [...placed.files].sort() }).toEqual({ host: 'c1', files: [...lost].sort(), lost: true });
  expect([...written].sort()).toEqual([...lost].sort().map((path) => `c1 file:${path}`));
});

test('an empty file is as good as none', async () => {
  expect(await place({ ...without(), [ENCRYPTION]: '\n' })).toMatchObject({ files: [ENCRYPTION] });
});

test('a node gets it also where another control plane is none yet', async () => {
  expect(await place(undefined, without(`${PKI}/sa.key`))).toMatchObject({ host: 'c2', files: [`${PKI}/sa.key`] });
});

test.each([
  ['nothing is missing', [without()], /none of them is missing there/],
  ['another control plane has it', [without(`${PKI}/sa.key`), without()], /none of them is missing there/],
  ['its public half can be told from the key', [without(`${PKI}/sa.pub`)], /none of them is missing there/],
  ['it is another cluster', [{ ...without(ENCRYPTION), [`${PKI}/ca.crt`]: 'another' }], /not the one of these keys/],
  [
    'its CA is missing, and it is not the one that has signed',
    [{ ...without(`${PKI}/ca.crt`), [`${PKI}/apiserver.crt`]: authority('another') }],
    /not the one of these keys/,
  ],
  [
    'the key was replaced since',
    [{ ...without(`${PKI}/sa.key`), [`${PKI}/sa.pub`]: 'another' }],
    /sa\.key of these keys is not the one that is missing/,
  ],
])('refused, with nothing changed: %s', async (_what, there, said) => {
  await expect(place(...there)).rejects.toMatchObject({
    message: expect.stringMatching(said) as string,
    context: { class: 'refused', host: 'c1' },
  });
  expect(written).toEqual([]);
});
