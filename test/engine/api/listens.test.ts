import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiListens } from '../../../src/engine/api/listens.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { KinitError } from '../../../src/model/error.js';
import type { KinitEvent } from '../../../src/model/event.js';
import type { LoadedInventory } from '../../../src/model/spec.js';
import { run, SHELLS } from '../../resources/sh.js';

interface Wishes {
  readonly waits?: boolean;
  readonly manifests?: Readonly<Record<string, string>>;
}

const MANIFESTS = {
  '/etc/kubernetes/manifests/kube-apiserver.yaml':
    'spec:\n  containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.36.3\n    command: [kube-apiserver]\n',
};

/** A control plane whose API server does not accept connections. @param state of its service, as its host tells it */
function ask(
  mode: string,
  state: string,
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
      run: () => Promise.resolve({ code: 0, stdout: `${state}\n`, stderr: '' }),
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

test.each([
  ['stopped', 'is stopped'],
  ['ends', 'ends again and again as it is'],
])('an API server whose service is in vain (%s) is not waited for', async (state, words) => {
  const { open, said } = ask('embedded', state);
  expect(await open).toBe(false);
  expect(said()).toEqual([`kinit-server, with its API server, ${words}`]);
});

test.each([['embedded'], ['static-pods']])('one that may come is waited for, and that is said: %s', async (mode) => {
  const { open, said } = ask(mode, '');
  expect(await open).toBe(false);
  expect(said()).toEqual(['waiting for its API server, at most 90 s']);
});

test('who only looks does not wait', async () => {
  const { open, said } = ask('static-pods', '', { waits: false });
  expect(await open).toBe(false);
  expect(said()).toEqual([]);
});

test('where nothing can start one, none is waited for', async () => {
  const { open, said } = ask('static-pods', '', { manifests: {} });
  expect(await open).toBe(false);
  expect(said()).toEqual([]);
});

const RESTART = 'kinit-server.service: Scheduled restart job, restart counter is at 4.';

test.each(
  SHELLS.flatMap((shell) =>
    [
      ['failed', [], 'stopped'],
      ['inactive', [RESTART, RESTART], 'stopped'],
      ['activating', [RESTART, 'Error: etcd ended', RESTART], 'ends'],
      ['activating', ['kinit-server.service holdoff time over, scheduling restart.', RESTART], 'ends'],
      ['active', [RESTART], ''],
      ['activating', [], ''],
    ].map(([state, journal, told]) => ({ shell, state, journal: journal as string[], told })),
  ),
)('its service ($state, $journal): $told ($shell)', ({ shell, state = '', journal, told }) => {
  const fakes = `systemctl() { echo ${String(state)}; }
    journalctl() { printf '%s\\n' ${journal.map((line) => `'${line}'`).join(' ')}; }
    timeout() { shift; "$@"; }\n`;
  const script = readFileSync(new URL('../../../src/engine/api/service-state.sh', import.meta.url), 'utf8');
  expect(run(shell, `${fakes}${script}`).stdout.trim()).toBe(told);
});
