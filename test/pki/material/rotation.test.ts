import { createPrivateKey } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { HostMaterial } from '../../../src/model/phase.js';
import {
  formerFile,
  isSignedBy,
  KUBELET_CLIENT_CURRENT,
  KUBELET_CLIENT_FIRST,
  KUBELET_CONF,
  KUBELET_SERVING,
  KUBELET_SERVING_CURRENT,
  parseKubeconfig,
  pkiPair,
  SIGNER,
  STAGES,
  stageFound,
  trustAnnotations,
  type Stage,
} from '../../../src/pki/index.js';
import { nextPair } from '../../../src/pki/material/rotation.js';
import { readCertificates } from '../../../src/pki/x509/read.js';
import { makeNodes, makeSpec } from '../context.js';
import { at, failure, plan, texts, type Found } from './planned.js';

const NAMES = ['ca', 'etcd/ca', 'front-proxy-ca'];
const CA = pkiPair('ca');
const HOSTS = ['n1', 'n2', 'n3'];
const spec = makeSpec({
  pki: { keyAlgorithm: 'ECDSA-P256' },
  apiServer: { endpoint: 'api.example:6443' },
  hosts: [
    { name: 'n1', address: '10.77.0.11', roles: ['control-plane'] },
    { name: 'n2', address: '10.77.0.12', roles: ['control-plane'] },
    { name: 'n3', address: '10.77.0.13' },
  ],
});
const nodes = makeNodes(spec).map((node) => ({
  ...node,
  facts: { ...node.facts, kubernetes: { ...node.facts.kubernetes, membership: 'member' as const } },
}));

const planned = (found: Found, stage?: Stage, names = NAMES): Promise<Readonly<Record<string, HostMaterial>>> =>
  plan(found, { spec, nodes, ...(stage === undefined ? {} : { rotation: { names, stage } }) });

let start: Found;

/** A cluster in which kubelets have certificates of their own. */
beforeAll(async () => {
  const made = texts(await plan({}, { spec, nodes: makeNodes(spec) }));
  const first = made['n1'] ?? {};
  const client = at(first, KUBELET_CLIENT_FIRST);
  start = Object.fromEntries(
    HOSTS.map((host) => [
      host,
      {
        [KUBELET_CONF]: at(first, KUBELET_CONF),
        ...made[host],
        [KUBELET_CLIENT_CURRENT]: client,
        [KUBELET_SERVING_CURRENT]: client,
      },
    ]),
  );
});

/** What a host gets, in the order of the phase: what is of no use any more goes last. */
function changes(
  host: string,
  found: Found,
  made: Readonly<Record<string, HostMaterial>>,
): [string, string | undefined][] {
  const files = Object.entries(made[host] ?? {});
  const written = files.filter(([path, { gone, content }]) => gone !== true && found[host]?.[path] !== content);
  const deleted = files.filter(([path, { gone }]) => gone === true && found[host]?.[path] !== undefined);
  return [
    ...written.map(([path, { content }]): [string, string] => [path, content]),
    ...deleted.map(([path]): [string, undefined] => [path, undefined]),
  ];
}

function after(host: string, found: Found, all: readonly (readonly [string, string | undefined])[]): Found {
  const files = { ...found[host] };
  for (const [path, content] of all) {
    if (content === undefined) Reflect.deleteProperty(files, path);
    else files[path] = content;
    // The link leads to it.
    if (path === KUBELET_CLIENT_FIRST && content !== undefined) files[KUBELET_CLIENT_CURRENT] = content;
  }
  return { ...found, [host]: files };
}

async function carriedOut(found: Found, stage?: Stage): Promise<Found> {
  const made = await planned(found, stage);
  return HOSTS.reduce((so, host) => after(host, so, changes(host, found, made)), found);
}

const prints = (pem: string): string[] => readCertificates(pem).map(({ x509 }) => x509.fingerprint256);
const roots = (found: Found, host = 'n1', name = 'ca'): string[] => prints(at(found[host], pkiPair(name).crt));
const stageOf = (found: Found, name = 'ca'): Stage | undefined =>
  stageFound(
    name,
    ['n1', 'n2'].map((host) => ({ host, files: found[host] ?? {} })),
  );

/** Whatever is signed is of the CA that signs, whose key is there. */
function consistent(found: Found): void {
  for (const host of ['n1', 'n2']) {
    for (const [name, leaf] of [
      ['ca', 'apiserver'],
      ['etcd/ca', 'etcd/peer'],
      ['front-proxy-ca', 'front-proxy-client'],
    ] as const) {
      const ca = at(found[host], pkiPair(name).crt);
      expect(isSignedBy(at(found[host], pkiPair(leaf).crt), ca)).toBe(true);
      expect(readCertificates(ca)[0]?.x509.checkPrivateKey(createPrivateKey(at(found[host], pkiPair(name).key)))).toBe(
        true,
      );
    }
    expect(
      isSignedBy(
        parseKubeconfig(at(found[host], '/etc/kubernetes/admin.conf'))?.certPem ?? '',
        at(found[host], CA.crt),
      ),
    ).toBe(true);
  }
}

test('both are trusted by everything, and nothing is signed anew', async () => {
  const [old] = roots(start);
  const now = await carriedOut(start, 'trust');
  expect(stageOf(now)).toBe('trust');
  for (const host of HOSTS) {
    expect(roots(now, host)).toHaveLength(2);
    expect(roots(now, host)[0]).toBe(old);
    expect(prints(parseKubeconfig(at(now[host], KUBELET_CONF))?.caPem ?? '')).toEqual(roots(now));
  }
  expect(prints(parseKubeconfig(at(now['n2'], '/etc/kubernetes/scheduler.conf'))?.caPem ?? '')).toEqual(roots(now));
  expect(at(now['n1'], CA.key)).toBe(at(start['n1'], CA.key));
  expect(at(now['n1'], pkiPair('apiserver').crt)).toBe(at(start['n1'], pkiPair('apiserver').crt));
  expect(prints(at(now['n1'], SIGNER))).toEqual([old]);
  expect(at(now['n2'], nextPair('ca').key)).toBe(at(now['n1'], nextPair('ca').key));
  consistent(now);
});

test('then the new one signs, kubelets too get certificates of it; then the old one is nowhere', async () => {
  const both = await carriedOut(start, 'trust');
  const [old, made] = roots(both);
  const signed = await carriedOut(both, 'reissue');
  expect(stageOf(signed)).toBe('reissue');
  expect(roots(signed)).toEqual([made, old]);
  expect(new Set(roots(signed, 'n3'))).toEqual(new Set([made, old]));
  expect(prints(at(signed['n2'], formerFile('ca')))).toEqual([old]);
  expect(prints(at(signed['n2'], SIGNER))).toEqual([made]);
  expect(signed['n1']?.[nextPair('ca').key]).toBeUndefined();
  for (const host of HOSTS) {
    expect(isSignedBy(at(signed[host], KUBELET_SERVING.crt), at(signed['n1'], CA.crt))).toBe(true);
    expect(signed[host]?.[KUBELET_SERVING_CURRENT]).toBeUndefined();
  }
  expect(isSignedBy(at(signed['n2'], KUBELET_CLIENT_CURRENT), at(signed['n2'], CA.crt))).toBe(true);
  consistent(signed);

  const done = await carriedOut(signed, 'finish');
  expect(stageOf(done)).toBeUndefined();
  for (const host of HOSTS) {
    expect(roots(done, host)).toEqual([made]);
    expect(prints(parseKubeconfig(at(done[host], KUBELET_CONF))?.caPem ?? '')).toEqual([made]);
    expect(Object.keys(done[host] ?? {}).filter((path) => /-(next|former|signer)/.test(path))).toEqual([]);
  }
  consistent(done);
  expect(await carriedOut(done)).toEqual(done);
});

test('a plain run in between leaves every stage as it is', async () => {
  let found = start;
  for (const stage of STAGES) {
    found = await carriedOut(found, stage);
    expect(await carriedOut(found)).toEqual(found);
  }
});

test('cut behind any file of any host, the next run goes on: the same CA, and everything of it', async () => {
  let found = start;
  let next: string | undefined;
  for (const stage of STAGES) {
    const made = await planned(found, stage);
    let before = found;
    for (const host of HOSTS) {
      const all = changes(host, found, made);
      for (let cut = 0; cut <= all.length; cut += 3) {
        const left = after(host, before, all.slice(0, cut));
        const again = await carriedOut(left, stage);
        consistent(again);
        if (stage !== 'trust') expect(roots(again)[0]).toBe(next);
        // A run of init: forth or back to the stage before, and whole in any case.
        consistent(await carriedOut(left));
      }
      before = after(host, before, all);
    }
    found = before;
    next = roots(found)[1] ?? roots(found)[0];
    if (stage === 'reissue') next = roots(found)[0];
  }
}, 120_000);

test('one CA alone: the others stay', async () => {
  const made = await planned(start, 'trust', ['etcd/ca']);
  expect(prints(made['n1']?.[pkiPair('etcd/ca').crt]?.content ?? '')).toHaveLength(2);
  expect(changes('n1', start, made).map(([path]) => path)).toEqual([
    nextPair('etcd/ca').key,
    nextPair('etcd/ca').crt,
    pkiPair('etcd/ca').crt,
  ]);
  expect(changes('n3', start, made)).toEqual([]);
});

test('what reads its CAs once is started with others: in the first stage and when all is over, not in between', async () => {
  const digest = async (found: Found, stage?: Stage): Promise<string | undefined> => {
    const [node] = nodes;
    if (node === undefined) throw new Error('no node');
    return trustAnnotations({ material: await planned(found, stage), node }, ['ca'])[0]?.value;
  };
  const both = await carriedOut(start, 'trust');
  const signed = await carriedOut(both, 'reissue');
  const [before, first, second, last] = [
    await digest(start),
    await digest(both),
    await digest(signed),
    await digest(signed, 'finish'),
  ];
  expect(before).toBeUndefined();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toBe(first);
  expect(last).toBeUndefined();
});

test('a new CA whose key is lost is refused, with the way back', async () => {
  const both = await carriedOut(start, 'trust');
  const lost = Object.fromEntries(
    HOSTS.map((host) => [
      host,
      Object.fromEntries(Object.entries(both[host] ?? {}).filter(([path]) => path !== nextPair('ca').key)),
    ]),
  );
  const { message, context } = await failure(planned(lost, 'reissue'));
  expect(message).toBe('the key of the new ca is on no control-plane host');
  expect(context.hint).toContain(nextPair('ca').crt);
});
