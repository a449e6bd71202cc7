import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { HostMaterial } from '../../../src/model/phase.js';
import {
  ENCRYPTION_CONFIG_PATH,
  encryptionStage,
  keyAnnotations,
  needsKeys,
  SERVICE_ACCOUNT_KEYS,
  serviceAccountStage,
  SHARED_KEYS,
  signsAnew,
  STAGES,
  tokenSigner,
  type Stage,
} from '../../../src/pki/index.js';
import { parse } from 'yaml';
import { lookAt } from '../../facts/look.js';
import { makeNodes, makeSpec } from '../context.js';
import { at, failure, NOW, plan, texts, type Found } from './planned.js';

const { key: KEY, pub: PUB, next: NEXT, former: FORMER } = SERVICE_ACCOUNT_KEYS;
const NAMES = Object.values(SHARED_KEYS);
const PATHS = [KEY, PUB, NEXT, FORMER, ENCRYPTION_CONFIG_PATH];
const HOSTS = ['n1', 'n2', 'n3'];
const spec = makeSpec({
  pki: { keyAlgorithm: 'ECDSA-P256' },
  apiServer: { endpoint: 'api.example:6443' },
  hosts: HOSTS.map((name, index) => ({
    name,
    address: `10.77.0.1${String(index + 1)}`,
    ...(name === 'n3' ? {} : { roles: ['control-plane'] }),
  })),
});
const nodes = makeNodes(spec);
const CONTROL_PLANES = ['n1', 'n2'];

const planned = (found: Found, stage?: Stage): Promise<Readonly<Record<string, HostMaterial>>> =>
  plan(found, { spec, nodes, ...(stage === undefined ? {} : { rotation: { names: NAMES, stage } }) });

let start: Found;
beforeAll(async () => {
  start = texts(await plan({}, { spec, nodes }));
});

type Change = readonly [path: string, content: string | undefined];

/** What a host gets of keys, in the order of the phase. */
function changes(host: string, found: Found, made: Readonly<Record<string, HostMaterial>>): Change[] {
  const files = Object.entries(made[host] ?? {}).filter(([path]) => PATHS.includes(path));
  return [
    ...files.flatMap(([path, { gone, content }]): Change[] =>
      gone !== true && found[host]?.[path] !== content ? [[path, content]] : [],
    ),
    ...files.flatMap(([path, { gone }]): Change[] =>
      gone === true && found[host]?.[path] !== undefined ? [[path, undefined]] : [],
    ),
  ];
}

function after(host: string, found: Found, all: readonly Change[]): Found {
  const files = { ...found[host] };
  for (const [path, content] of all) {
    if (content === undefined) Reflect.deleteProperty(files, path);
    else files[path] = content;
  }
  return { ...found, [host]: files };
}

async function carriedOut(found: Found, stage?: Stage): Promise<Found> {
  const made = await planned(found, stage);
  return HOSTS.reduce((so, host) => after(host, so, changes(host, found, made)), found);
}

const id = (pem: string): string =>
  createHash('sha256')
    .update(createPublicKey(pem).export({ type: 'spki', format: 'der' }))
    .digest('base64url');
const signer = (found: Found, host = 'n1'): string => {
  const key = createPublicKey(createPrivateKey(at(found[host], KEY))).export({ type: 'spki', format: 'pem' });
  return id(key.toString());
};
const accepted = (found: Found, host = 'n1'): string[] =>
  [...at(found[host], PUB).matchAll(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\n/g)].map(([pem]) =>
    id(pem),
  );
const holders = (found: Found): { host: string; files: Record<string, string> }[] =>
  CONTROL_PLANES.map((host) => ({ host, files: found[host] ?? {} }));
const encryption = (found: Found, host = 'n1'): { name: string; secret: string }[] =>
  (
    parse(at(found[host], ENCRYPTION_CONFIG_PATH)) as {
      resources: [{ providers: [{ secretbox: { keys: { name: string; secret: string }[] } }, ...object[]] }];
    }
  ).resources[0].providers[0].secretbox.keys;

test('every API server takes tokens of both before one signs with the new key; then the old one is nowhere', async () => {
  const old = signer(start);
  const both = await carriedOut(start, 'trust');
  expect(serviceAccountStage(holders(both))).toBe('trust');
  const [, made = ''] = accepted(both);
  for (const host of CONTROL_PLANES) {
    expect(accepted(both, host)).toEqual([old, made]);
    expect(signer(both, host)).toBe(old);
  }
  const signed = await carriedOut(both, 'reissue');
  expect(serviceAccountStage(holders(signed))).toBe('reissue');
  for (const host of CONTROL_PLANES) {
    expect(accepted(signed, host)).toEqual([made, old]);
    expect(signer(signed, host)).toBe(made);
    expect(signed[host]?.[NEXT]).toBeUndefined();
    expect(tokenSigner(signed[host]?.[FORMER])?.keyId).toBe(old);
  }
  const done = await carriedOut(signed, 'finish');
  expect(serviceAccountStage(holders(done))).toBeUndefined();
  for (const host of CONTROL_PLANES) {
    expect(accepted(done, host)).toEqual([made]);
    expect(done[host]?.[FORMER]).toBeUndefined();
  }
  expect(tokenSigner(done['n1']?.[PUB])).toEqual({ keyId: made, made: NOW });
  expect(await carriedOut(done)).toEqual(done);
  expect(Object.keys(done['n3'] ?? {}).filter((path) => PATHS.includes(path))).toEqual([]);
});

test('data are readable with both keys before one writes with the new one; then the old one is nowhere', async () => {
  const [old] = encryption(start);
  const both = await carriedOut(start, 'trust');
  const [, made] = encryption(both);
  expect(encryption(both)).toEqual([old, made]);
  expect(encryptionStage(holders(both))).toBe('trust');
  const written = await carriedOut(both, 'reissue');
  expect(encryption(written, 'n2')).toEqual([made, old]);
  expect(encryptionStage(holders(written))).toBe('reissue');
  const done = await carriedOut(written, 'finish');
  expect(encryption(done)).toEqual([made]);
  expect(encryptionStage(holders(done))).toBeUndefined();
  expect(made?.name).toBe('kinit-2030-05-01T10-00-00-000Z');
});

test('a plain run in between leaves every stage as it is', async () => {
  let found = start;
  for (const stage of STAGES) {
    found = await carriedOut(found, stage);
    expect(await carriedOut(found)).toEqual(found);
  }
});

/** Whoever may sign or write anywhere in this state is accepted and read everywhere that is at this stage or behind it. */
function consistent(found: Found): void {
  for (const host of CONTROL_PLANES) {
    expect(accepted(found, host)[0]).toBe(signer(found, host));
    expect(accepted(found, host)).toEqual(accepted(found));
    expect(encryption(found, host)).toEqual(encryption(found));
  }
}

test('cut behind any file of any host, the next run goes on with the same keys', async () => {
  let found = start;
  for (const stage of STAGES) {
    const made = await planned(found, stage);
    const wanted = HOSTS.reduce((so, host) => after(host, so, changes(host, found, made)), found);
    let before = found;
    for (const host of CONTROL_PLANES) {
      const all = changes(host, found, made);
      for (let cut = 0; cut <= all.length; cut += 1) {
        const left = after(host, before, all.slice(0, cut));
        const again = await carriedOut(left, stage);
        consistent(again);
        // What was made once is what it stays.
        if (stage !== 'trust') expect(again).toEqual(wanted);
        consistent(await carriedOut(left));
      }
      before = after(host, before, all);
    }
    found = before;
  }
}, 60_000);

test('without keys the same is planned, and said that they are needed; nothing secret is asked where all is through', async () => {
  let found = start;
  for (const stage of STAGES) {
    const entries = HOSTS.map(async (host) => [host, (await lookAt(found[host] ?? {})).facts.pki] as const);
    const sealed: Found = Object.fromEntries(await Promise.all(entries));
    const looked = await planned(sealed, stage);
    expect(needsKeys(looked, new Map(Object.entries(sealed)))).toBe(true);
    const full = await planned(found, stage);
    for (const host of HOSTS) {
      const shown = (made: Readonly<Record<string, HostMaterial>>): string[] =>
        Object.entries(made[host] ?? {}).flatMap(([path, { gone, because = '' }]) =>
          PATHS.includes(path) ? [`${path} ${String(gone)} ${because}`] : [],
        );
      expect(shown(looked)).toEqual(shown(full));
    }
    found = await carriedOut(found, stage);
    const again = HOSTS.map(async (host) => [host, (await lookAt(found[host] ?? {})).facts.pki] as const);
    const steady: Found = Object.fromEntries(await Promise.all(again));
    const through = await planned(steady, stage);
    const keys = Object.fromEntries(
      HOSTS.map((host) => [
        host,
        Object.fromEntries(Object.entries(through[host] ?? {}).filter(([path]) => PATHS.includes(path))),
      ]),
    );
    expect(needsKeys(keys, new Map(Object.entries(steady)))).toBe(false);
  }
}, 60_000);

test('API servers are started anew for each stage, the controller manager when another key signs', async () => {
  const [node] = nodes;
  if (node === undefined) throw new Error('no node');
  const values = async (found: Found, stage?: Stage): Promise<(string | undefined)[]> => {
    const material = await planned(found, stage);
    return (['verifies', 'signs'] as const).map((use) => keyAnnotations({ material, node }, use)[0]?.value);
  };
  const both = await carriedOut(start, 'trust');
  const signed = await carriedOut(both, 'reissue');
  const [none, first, second, last] = [
    await values(start),
    await values(both),
    await values(signed),
    await values(signed, 'finish'),
  ];
  expect([none, last]).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect([first[1], second[0] === second[1], first[0] === second[0]]).toEqual([undefined, true, false]);
  expect([signsAnew((await planned(both))['n1']), signsAnew((await planned(signed))['n1'])]).toEqual([false, true]);
});

test('a new key that is lost is refused, with the way back', async () => {
  const both = await carriedOut(start, 'trust');
  const lost = CONTROL_PLANES.reduce((so, host) => after(host, so, [[NEXT, undefined]]), both);
  const { message } = await failure(planned(lost, 'reissue'));
  expect(message).toBe('the new key for service-account tokens is on no control-plane host');
});
