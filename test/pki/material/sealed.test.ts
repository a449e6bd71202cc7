import { beforeAll, expect, test } from 'vitest';
import type { HostMaterial } from '../../../src/model/phase.js';
import { fileDigest } from '../../../src/model/text/sealed.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { describeMaterial, hostCertificates, needsKeys } from '../../../src/pki/index.js';
import { lookAt } from '../../facts/look.js';
import { makeNodes, makeSpec } from '../context.js';
import { at, DAYS, failure, NOW, plan, texts, type Found } from './planned.js';

let found: Found;
/** The same as facts tell it: without keys. */
let sealed: Found;

beforeAll(async () => {
  found = texts(await plan({}));
  sealed = await seen(found);
});

async function seen(files: Found): Promise<Found> {
  const entries = Object.entries(files).map(async ([host, own]) => [host, (await lookAt(own)).facts.pki] as const);
  return Object.fromEntries(await Promise.all(entries)) as Found;
}

const needs = (material: Readonly<Record<string, HostMaterial>>, known: Found): boolean =>
  needsKeys(material, new Map(Object.entries(known)));

/** What a plan shows of material: the same whether keys were read or not. */
const shown = (material: Readonly<Record<string, HostMaterial>>): unknown =>
  Object.entries(material).map(([host, files]) => [
    host,
    Object.entries(files).map(([path, { content, because }]) => [path, describeMaterial(content), because]),
  ]);

test('a cluster as it should be is planned without any key, and nothing of it changes', async () => {
  const made = await plan(sealed, { now: new Date(NOW.getTime() + 30 * DAYS) });
  expect(needs(made, sealed)).toBe(false);
  for (const [host, files] of Object.entries(made))
    for (const [path, { content }] of Object.entries(files))
      expect(`${path} ${fileDigest(content)}`).toBe(`${path} ${sha256Hex(at(found[host], path))}`);
});

test.each([
  ['certificates are due', (): object => ({ now: new Date(NOW.getTime() + 250 * DAYS) })],
  ['the endpoint is another one', (): object => ({ endpoint: 'api.example:8443' })],
  [
    'a control-plane host is new',
    (): object => {
      const hosts = [1, 3].map((n) => ({
        name: `n${String(n)}`,
        address: `10.77.0.1${String(n)}`,
        roles: ['control-plane'],
      }));
      const spec = makeSpec({ apiServer: { endpoint: 'api.example:6443' }, hosts });
      return { spec, nodes: makeNodes(spec) };
    },
  ],
])('where %s, a plan without keys is the one with keys, and says that it needs them', async (_what, more) => {
  const looked = await plan(sealed, more());
  expect(needs(looked, sealed)).toBe(true);
  const full = await plan(found, more());
  expect(shown(looked)).toEqual(shown(full));
  expect(needs(full, found)).toBe(false);
});

test('a key that is not the key of its certificate is seen by its public half', async () => {
  const path = '/etc/kubernetes/pki/apiserver';
  const swapped = {
    ...found,
    n1: { ...found['n1'], [`${path}.key`]: at(found['n1'], '/etc/kubernetes/pki/etcd/peer.key') },
  };
  const made = await plan(await seen(swapped));
  expect(made['n1']?.[`${path}.crt`]?.because).toBe('certificate renewed: its key belongs to another certificate');
  const ca = {
    ...found,
    n1: { ...found['n1'], '/etc/kubernetes/pki/ca.key': at(found['n1'], '/etc/kubernetes/pki/sa.key') },
  };
  expect((await failure(plan(await seen(ca)))).message).toBe(
    '/etc/kubernetes/pki/ca.key is not the key of its certificate',
  );
  const pub = {
    ...found,
    n1: { ...found['n1'], '/etc/kubernetes/pki/sa.key': at(found['n1'], '/etc/kubernetes/pki/ca.key') },
  };
  expect((await failure(plan(await seen(pub)))).message).toBe(
    '/etc/kubernetes/pki/sa.pub is not the public half of /etc/kubernetes/pki/sa.key',
  );
});

test('what a run left that was ended between key and certificate needs the key', async () => {
  const cut: Found = { n1: { '/etc/kubernetes/pki/ca.key': at(found['n1'], '/etc/kubernetes/pki/ca.key') } };
  const looked = await seen(cut);
  expect(needs(await plan(looked), looked)).toBe(true);
});

test('ends of certificates are known without keys', () => {
  const ends = (files: Readonly<Record<string, string>> = {}): string[] =>
    hostCertificates(files, NOW).map(({ path, notAfter }) => `${path} ${notAfter.toISOString()}`);
  expect(ends(sealed['n1'])).toEqual(ends(found['n1']));
  expect(ends(sealed['n1']).length).toBeGreaterThan(12);
});
