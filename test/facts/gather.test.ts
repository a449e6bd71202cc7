import { expect, test } from 'vitest';
import { clockOffset, parseClock } from '../../src/facts/subjects/system/clock-offset.js';
import { sectionScript, splitAnswers } from '../../src/facts/ask.js';
import { factSections, gatherFacts } from '../../src/facts/gather.js';
import type { HostConnection } from '../../src/model/host.js';
import { LEFTOVERS } from '../../src/leftovers/table.js';
import { FAMILIES } from '../../src/os/index.js';
import { runLocal } from '../../src/ssh/local.js';
import { fakeHost } from '../cluster/fakes.js';
import { specOf } from '../preflight/nodes.js';

const OWN = {
  packageCandidates: { scripts: [], names: [] },
  packageLocks: FAMILIES.map(({ packages }) => packages.lockHolder),
  units: ['kubelet', 'containerd'],
  folders: ['/var/lib/containerd', '/var/lib/etcd'],
  past: LEFTOVERS.map(({ looks }) => looks(specOf())),
};

function connection(run: HostConnection['run']): HostConnection {
  return fakeHost({ host: 'node1', run });
}

test.runIf(process.platform === 'linux')('one round trip asks everything, and a real machine answers', async () => {
  const scripts: string[] = [];
  const facts = await gatherFacts(
    connection((script) => {
      scripts.push(script);
      // vxlan is left out: trying it needs root and would make a link on the machine the tests run on.
      return runLocal('sh', ['-c', script.replace('! modprobe -n -q vxlan', 'false')], { reject: false });
    }),
    OWN,
  );
  expect(scripts).toHaveLength(1);
  expect(facts.host).toBe('node1');
  expect(facts.os.id).not.toBe('');
  expect(facts.kernel).toMatch(/^\d+\.\d+/);
  expect(facts.cpus).toBeGreaterThan(0);
  expect(facts.memoryMB).toBeGreaterThan(64);
  expect(facts.bootId).toMatch(/^[0-9a-f-]{36}$/);
  expect(facts.disks.map(({ path }) => path)).toEqual([
    '/',
    '/var/lib',
    '/var/lib/containerd',
    '/var/lib/etcd',
    '/var/log',
  ]);
  expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(60_000);
});

test('an answer that holds a separator of its own making stays one answer', () => {
  const output = '\n=n os\nID=x\n=m os\n=nn fake\n\n=n swap\nno line break\n=n end\n5\n';
  expect([...splitAnswers('n', output)]).toEqual([
    ['os', 'ID=x\n=m os\n=nn fake\n'],
    ['swap', 'no line break'],
    ['end', '5\n'],
  ]);
});

test('a probe that broke off is an error that says so', async () => {
  await expect(
    gatherFacts(
      connection(() => Promise.resolve({ code: 2, stdout: 'noise', stderr: 'sh: fork: no memory\n' })),
      OWN,
    ),
  ).rejects.toMatchObject({ context: { class: 'access', host: 'node1', found: 'sh: fork: no memory' } });
});

test('the probe is valid for sh, and each subject runs by itself', async () => {
  expect((await runLocal('sh', ['-n'], { input: sectionScript('n', factSections(OWN)) })).stderr).toBe('');
  expect((await runLocal('bash', ['-n'], { input: sectionScript('n', factSections(OWN)) })).stderr).toBe('');
});

test('clock: nanoseconds, or whole seconds from busybox', () => {
  expect(parseClock('1700000000123456789\n')).toBe(1_700_000_000_123);
  expect(parseClock('1700000000\n')).toBe(1_700_000_000_000);
  expect(parseClock('1700000000N\n')).toBe(1_700_000_000_000);
  expect(parseClock('')).toBeUndefined();
});

test('clock: neither the way nor the time of the probe itself counts as an offset', () => {
  expect(clockOffset({ sent: 1000, received: 1320 }, { began: 1010, ended: 1310 })).toBe(0);
  expect(clockOffset({ sent: 1000, received: 1320 }, { began: 6010, ended: 6310 })).toBe(5000);
  expect(clockOffset({ sent: 1000, received: 1320 }, { began: undefined, ended: 1 })).toBe(0);
});

/** Answers of a host that could look everywhere, but for those given: exit codes by section. */
function answered(script: string, given: string, codes: Readonly<Record<string, number>> = {}): string {
  const nonce = /printf '\\n=%s %s\\n' (\w+) /.exec(script)?.[1] ?? '';
  const ends = factSections(OWN).map(([id]) => `=${nonce} ${id}:code\n${String(codes[id] ?? 0)}\n\n`);
  return `\n=${nonce} os\n${given}\n${ends.join('')}=${nonce} end\n1\n`;
}

test('what talks into the answers of a host is named, and is no fact of it', async () => {
  const noisy = (noise: string): Promise<unknown> =>
    gatherFacts(
      connection(async (script) => ({
        code: 0,
        stderr: '',
        stdout: answered(script, `ID=debian\nPRETTY_NAME=${noise}`),
      })),
      OWN,
    );
  await expect(noisy('x'.repeat(720_000))).rejects.toMatchObject({
    message: 'node1 writes without being asked on the channel of the root shell',
    context: { class: 'access', host: 'node1', found: '720022 characters about "os", at most 65536 can be meant' },
  });
  expect(await noisy('x'.repeat(5000))).toMatchObject({ os: { prettyName: `${'x'.repeat(256)}...` } });
  const drowned = connection(async () => ({ code: 0, stderr: '', stdout: 'x'.repeat(5 * 1024 * 1024) }));
  await expect(gatherFacts(drowned, OWN)).rejects.toMatchObject({
    context: { class: 'access', found: '5242880 characters, and no end' },
  });
});

test('a section that could not look is an error with host and reason, or named where incomplete facts will do', async () => {
  const host = connection(async (script) => {
    const nonce = /printf '\\n=%s %s\\n' (\w+) /.exec(script)?.[1] ?? '';
    return {
      code: 0,
      stdout: answered(script, 'ID=debian', { disks: 1 }),
      stderr: `\n=${nonce} disks\ndf: no answer\n\n=${nonce} end\n`,
    };
  });
  await expect(gatherFacts(host, OWN)).rejects.toMatchObject({
    message: 'could not look at disks on node1',
    context: { class: 'access', host: 'node1', found: 'df: no answer (exit code 1)' },
  });
  expect(await gatherFacts(host, OWN, true)).toMatchObject({ unseen: ['disks: df: no answer (exit code 1)'] });
});
