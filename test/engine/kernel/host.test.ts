import { expect, test } from 'vitest';
import { moveHost } from '../../../src/engine/kernel/host.js';
import { hostsToMove } from '../../../src/engine/kernel/move.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { HostFacts } from '../../../src/model/facts.js';
import type { CommandResult } from '../../../src/model/host.js';
import { scriptOf } from '../../../src/shell/script.js';
import { fakeHost } from '../../cluster/fakes.js';
import { factsOf } from '../../facts/facts-of.js';

const NEW = '6.12.117+deb12-cloud-amd64';
const OLD = '6.1.0-56-cloud-amd64';
const spec = specSchema.parse({
  hosts: [{ name: 'n1', address: '10.0.0.1', roles: ['control-plane'] }],
  kernel: { upgrade: 'package', package: `linux-image-${NEW}` },
});
const inventory = { spec, file: '/inventory.yaml' };
const OK: CommandResult = { code: 0, stdout: '', stderr: '' };

/** A run on a host with these facts; gives the scripts that it ran there, with their arguments, and what it said. */
async function move(facts: Partial<HostFacts>, answers: Readonly<Record<string, CommandResult>> = {}, more = {}) {
  const ran: string[] = [];
  const texts: string[] = [];
  const changes: string[] = [];
  const [hostSpec] = spec.hosts;
  if (hostSpec === undefined) throw new Error('no host');
  const connection = fakeHost({
    host: 'n1',
    run: async (text) => {
      texts.push(text);
      const { name = text, args = [] } = scriptOf(text) ?? {};
      ran.push([name.split('/').slice(-1)[0], ...args].join(' '));
      return answers[name.split('/').at(-1) ?? ''] ?? OK;
    },
  });
  const host = { spec: hostSpec, facts: { ...factsOf('n1'), kernel: OLD, bootId: 'now', ...facts }, connection };
  const error: unknown = await moveHost(host, [host], {
    inventory: { ...inventory, spec: { ...spec, ...more } },
    acceptNewHostKeys: false,
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
    changed: ({ summary }) => changes.push(summary),
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { ran, texts, changes, error };
}

test('killed after the reboot: a kernel that is seen to run becomes the default, and the note goes', async () => {
  const { ran, changes, error } = await move({ kernel: NEW, kernelMove: { release: NEW, bootId: 'before' } });
  expect(error).toBeUndefined();
  expect(ran).toEqual([`keep ${NEW}`, 'note /var/lib/kinit/kernel-move']);
  expect(changes).toEqual([`boot kernel ${NEW}`]);
});

test('a host that fell back keeps what it booted, and says so; the next run tries again', async () => {
  const { ran, error } = await move({ kernelMove: { release: NEW, bootId: 'before' } });
  expect(ran).toEqual(['note /var/lib/kinit/kernel-move']);
  expect(error).toMatchObject({
    message: `kernel ${NEW} did not come up: the host runs ${OLD} again`,
    context: { class: 'change' },
  });
});

test('killed before the reboot: all is done again, what boots first', async () => {
  const failed = { once: { code: 1, stdout: '', stderr: 'no entry' } };
  const { ran, error } = await move(
    { kernelMove: { release: NEW, bootId: 'now' } },
    { ...failed, install: { code: 0, stdout: `one line\nrelease=${NEW}\n`, stderr: '' } },
  );
  expect(ran).toEqual([
    'wait-for-lock 3',
    'hold',
    `install linux-image-${NEW} ''`,
    `note /var/lib/kinit/kernel-move ${NEW} now`,
    `once ${NEW}`,
  ]);
  expect(error).toMatchObject({ context: { class: 'change', found: 'no entry' } });
});

test('a package that cannot be installed ends it before anything of what boots is another', async () => {
  const { ran, error } = await move({}, { install: { code: 1, stdout: '', stderr: 'E: no such package' } });
  expect(ran.map((each) => each.split(' ')[0])).toEqual(['wait-for-lock', 'hold', 'install']);
  expect(error).toMatchObject({
    message: 'the kernel could not be installed',
    context: { found: 'E: no such package' },
  });
});

test('a package manager at work is waited for, within the bound of the inventory, before anything is done', async () => {
  const { ran, error } = await move(
    {},
    { 'wait-for-lock': { code: 0, stdout: 'apt-get (pid 7)\n', stderr: '' } },
    { waits: { ...spec.waits, packageLockSeconds: 0 } },
  );
  expect(ran).toEqual(['wait-for-lock 0']);
  expect(error).toMatchObject({ context: { class: 'timeout', found: 'held by apt-get (pid 7)' } });
});

test('it is fetched through the proxies of the inventory', async () => {
  const { texts } = await move({}, {}, { proxy: { https: 'http://p:1', noProxy: ['.site'] } });
  const install = texts.find((text) => scriptOf(text)?.name.endsWith('/install'));
  expect(install).toContain('export https_proxy=http://p:1\n');
  expect(install).toContain('export no_proxy=.site\n');
});

test('hosts with the kernel that is wanted are left alone, but one whose way was cut off is not', () => {
  const host = (facts: Partial<HostFacts>) => ({
    spec: spec.hosts[0] ?? never(),
    facts: { ...factsOf('n1'), ...facts },
    connection: fakeHost(),
  });
  const count = (facts: Partial<HostFacts>): number => hostsToMove([host(facts)], inventory).length;
  expect(count({ kernel: NEW })).toBe(0);
  expect(count({ kernel: OLD })).toBe(1);
  expect(count({ kernel: NEW, kernelMove: { release: NEW, bootId: 'before' } })).toBe(1);
});

function never(): never {
  throw new Error('no host');
}
