import { expect, test } from 'vitest';
import { apiListens } from '../../../src/engine/api/access.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { KinitError } from '../../../src/model/error.js';
import type { KinitEvent } from '../../../src/model/event.js';
import type { LoadedInventory } from '../../../src/model/spec.js';

interface Wishes {
  readonly waits?: boolean;
  readonly manifests?: Readonly<Record<string, string>>;
}

const MANIFESTS = {
  '/etc/kubernetes/manifests/kube-apiserver.yaml':
    'spec:\n  containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.36.3\n    command: [kube-apiserver]\n',
};

/** A control plane whose API server does not accept connections. @param unit what systemctl says of its unit */
function ask(
  mode: string,
  unit: string,
  { waits, manifests = MANIFESTS }: Wishes = {},
): { open: Promise<boolean>; said: () => string[] } {
  const events: KinitEvent[] = [];
  const hosts = [{ name: 'a', address: '10.0.0.1', roles: ['control-plane'] }];
  const leader = {
    spec: { name: 'a', address: '10.0.0.1' },
    facts: { kubernetes: { membership: 'member', kubeletActive: true, manifests }, clockOffsetMs: 0 },
    connection: {
      host: 'a',
      connectTcp: () => Promise.reject(new KinitError('refused', { class: 'access', unreachable: 'cluster' })),
      run: () => Promise.resolve({ code: unit === 'active' ? 0 : 3, stdout: `${unit}\n`, stderr: '' }),
    },
  } as unknown as LiveHost;
  const stop = new AbortController();
  const open = apiListens(leader, '10.0.0.1', {
    inventory: { spec: specSchema.parse({ hosts, controlPlane: { mode } }) } as LoadedInventory,
    emit: (event) => {
      events.push(event);
      if (event.type === 'progress' && event.text.startsWith('waiting')) stop.abort();
    },
    signal: stop.signal,
    ...(waits === undefined ? {} : { waits }),
  });
  return { open, said: () => events.map((event) => (event.type === 'progress' ? event.text : event.type)) };
}

test.each(['inactive', 'failed'])('an API server whose service is %s is not waited for', async (state) => {
  const { open, said } = ask('embedded', state);
  expect(await open).toBe(false);
  expect(said()).toEqual(['kinit-server, with its API server, is stopped']);
});

test.each([
  ['embedded', 'activating'],
  ['static-pods', 'inactive'],
])('one that may come is waited for, and that is said: %s', async (mode, state) => {
  const { open, said } = ask(mode, state);
  expect(await open).toBe(false);
  expect(said()).toEqual(['waiting for its API server, at most 90 s']);
});

test('who only looks does not wait', async () => {
  const { open, said } = ask('static-pods', 'active', { waits: false });
  expect(await open).toBe(false);
  expect(said()).toEqual([]);
});

test('where nothing can start one, none is waited for', async () => {
  const { open, said } = ask('static-pods', 'active', { manifests: {} });
  expect(await open).toBe(false);
  expect(said()).toEqual([]);
});
