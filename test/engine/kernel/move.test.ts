import { beforeEach, expect, test } from 'vitest';
import { hostsToMove, moveKernels } from '../../../src/engine/kernel/move.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { KinitError } from '../../../src/model/error.js';
import type { CommandResult } from '../../../src/model/host.js';
import { scriptOf } from '../../../src/shell/script.js';
import { fakeHost } from '../../cluster/fakes.js';
import { factsOf } from '../../facts/facts-of.js';

const NEW = '6.12.117+deb12-cloud-amd64';
const spec = specSchema.parse({
  hosts: ['c1', 'c2', 'c3'].map((name, index) => ({
    name,
    address: `10.0.0.${String(index + 1)}`,
    roles: ['control-plane'],
  })),
  kernel: { upgrade: 'package', package: `linux-image-${NEW}` },
});
const inventory = { spec, file: '/inventory.yaml' };

/** 'HOST SCRIPT' of each command, in order. */
let ran: string[];
beforeEach(() => (ran = []));

/** A control plane of a cluster on which everything works, but that no administrator's credentials are read from it. */
function member(name: string, answer: (script: string) => CommandResult | undefined = () => undefined): LiveHost {
  const hostSpec = spec.hosts.find((each) => each.name === name);
  if (hostSpec === undefined) throw new Error(`no host ${name}`);
  const facts = factsOf(name);
  const connection = fakeHost({
    host: name,
    run: async (text) => {
      const script = scriptOf(text)?.name?.split('/').at(-1) ?? 'text';
      ran.push(`${name} ${script}`);
      const stdout = script === 'install' ? `release=${NEW}\n` : '';
      return answer(script) ?? { code: 0, stdout, stderr: '' };
    },
  });
  const kubernetes = {
    ...facts.kubernetes,
    membership: 'member' as const,
    pki: { '/etc/kubernetes/admin.conf': 'sha256' },
  };
  return { spec: hostSpec, facts: { ...facts, bootId: 'now', kubernetes }, connection };
}

function hostsOf(lines: readonly string[]): readonly (string | undefined)[] {
  return [...new Set(lines.map((line) => line.split(' ')[0]))];
}

function move(hosts: readonly LiveHost[], signal = new AbortController().signal) {
  return moveKernels(hostsToMove(hosts, inventory), hosts, async () => undefined, {
    inventory,
    acceptNewHostKeys: false,
    strict: false,
    lock: { waitSeconds: 0, force: false },
    mayReboot: async () => undefined,
    emit: () => undefined,
    signal,
  });
}

test('the API is not asked through a host that was worked on: its connection is of before its reboot', async () => {
  const { failures } = await move([member('c1'), member('c2'), member('c3')]);
  expect(Object.fromEntries([...failures].map(([name, { context }]) => [name, context.host]))).toEqual({
    c3: 'c1',
    c2: 'c1',
    c1: 'c1',
  });
});

test('no control plane is rebooted while another one does not answer', async () => {
  const { failures } = await move([member('c1'), member('c2')]);
  expect([...failures.values()].map(({ message }) => message)).toEqual([
    'c2 is not touched while another control plane does not answer: c3',
    'c1 is not touched while another control plane does not answer: c3',
  ]);
  expect(ran).toEqual([]);
});

test('nor after another one has gone away in this run', async () => {
  const gone = (): never => {
    throw new KinitError('the connection was lost', { class: 'access', unreachable: 'host' });
  };
  const { failures } = await move([member('c1'), member('c2'), member('c3', gone)]);
  expect(failures.get('c3')?.message).toBe('the connection was lost');
  expect(failures.get('c2')?.message).toBe('c2 is not touched while another control plane does not answer: c3');
  expect(hostsOf(ran)).toEqual(['c3']);
});

test('a run that is stopped begins with no other host', async () => {
  const stop = new AbortController();
  const failing = member('c3', () => {
    stop.abort();
    return { code: 1, stdout: '', stderr: '' };
  });
  await expect(move([member('c1'), member('c2'), failing], stop.signal)).rejects.toMatchObject({
    context: { class: 'interrupted' },
  });
  expect(hostsOf(ran)).toEqual(['c3']);
});
