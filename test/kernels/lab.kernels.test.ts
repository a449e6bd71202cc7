import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLab, killHost, labDown, startHost } from '../../src/lab/index.js';
import { hostFiles } from '../../src/lab/state/paths.js';
import { eventually, kinitOk, lab, labName, type LabHandle } from '../e2e/support/kinit.js';
import { labProcesses, labTraces } from '../e2e/support/lab-traces.js';
import { hostOf, noOwnKernels, withOwnKernels, type OwnKernelHost } from '../e2e/support/own-kernel.js';
import { startKinit, type RunningKinit } from '../e2e/support/running.js';

const NAME = labName('kernel');
const SMALL = { cpus: 1, memory: '512M', driver: 'uml' } as const;

/** Where `lab up` is killed. */
const MOMENTS: readonly (readonly [string, (up: RunningKinit) => Promise<void>])[] = [
  ['it makes the disk', async () => void (await eventually('the image of the disk', 60, diskIsThere))],
  ['the host boots', (up) => up.until(/starting node1/)],
];

async function diskIsThere(): Promise<true | undefined> {
  const { directory } = await findLab(NAME);
  return existsSync(hostFiles(directory, 'node1').image) ? true : undefined;
}

/** What the lab promises of its hosts, for hosts with kernels of their own. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('lab driver uml'), () => {
  let own: LabHandle;
  let node: OwnKernelHost;

  beforeAll(async () => {
    own = await lab('kernel', { ...SMALL, hosts: 1, disk: '1500M' });
    node = hostOf(own);
  });

  afterAll(async () => {
    await labDown(NAME, () => undefined);
    await labDown(labName('kernel-2'), () => undefined);
  });

  test('memory, CPUs and disk are as large as they were asked for', async () => {
    const memoryKB = Number(await node.says("awk '/MemTotal/ { print $2 }' /proc/meminfo"));
    expect(memoryKB).toBeGreaterThan(450 * 1024);
    expect(memoryKB).toBeLessThanOrEqual(512 * 1024);
    expect(await node.says('nproc')).toBe('1');
    const full = await own.sh('node1', 'fallocate -l 2G /root/fill; code=$?; rm -f /root/fill; exit $code', {
      reject: false,
    });
    expect(full.stderr).toContain('No space left on device');
  });

  test('the clock is its own', async () => {
    const here = Date.now();
    expect(Number(await node.says('date -s "2031-01-01 00:00 UTC" > /dev/null && date +%s'))).toBeGreaterThan(1.9e9);
    expect(Date.now() - here).toBeLessThan(600_000);
    await node.says(`date -s @${Math.round(Date.now() / 1000)}`);
  });

  test('hosts of both drivers are in one network, and the list says which is which', async () => {
    const both = await lab('kernel', { hosts: 2, cpus: 1, memory: '300M', driver: 'nspawn' });
    const made = await findLab(NAME);
    expect(made.hosts.map(({ driver }) => driver)).toEqual(['uml', 'nspawn']);
    const [one, other] = made.hosts.map(({ address }) => address);
    expect((await both.sh('node1', `ping -c 1 -W 5 ${other}`)).code).toBe(0);
    expect((await both.sh('node2', `ping -c 1 -W 5 ${one}`)).code).toBe(0);
    const connected = `timeout 10 bash -c 'read -r line < /dev/tcp/${one}/22; echo "$line"'`;
    expect((await both.sh('node2', connected)).stdout).toMatch(/^SSH-2/);
  });

  test('several labs side by side have networks of their own, and the end of one leaves the other alone', async () => {
    const second = await lab('kernel-2', { ...SMALL, hosts: 1 });
    const [first, other] = [await findLab(NAME), await findLab(second.name)];
    expect(first.subnet).not.toBe(other.subnet);
    await second.down();
    expect(labProcesses(second.name)).toEqual([]);
    expect(await node.says('hostname')).toBe('node1');
  });

  test('a power cut keeps the disk; a kernel that is killed leaves no process of its host', async () => {
    const made = await findLab(NAME);
    await node.says('echo kept > /root/kept && sync');
    await killHost(made, 'node1');
    await startHost(made, 'node1');
    expect(await node.says('cat /root/kept')).toBe('kept');

    const kernel = labProcesses(NAME, 'node1').find(({ command }) => /^\S+\/linux seccomp=on/.test(command));
    process.kill(kernel?.pid ?? 0, 'SIGKILL');
    await eventually('all its processes to end', 20, () =>
      Promise.resolve(labProcesses(NAME, 'node1').length === 0 ? true : undefined),
    );
    expect(await kinitOk(['lab', 'list'])).toMatchObject({ stdout: expect.stringMatching(/node1 .*stopped +uml/) });
  });

  test('down leaves no process, mount or control group', async () => {
    await startHost(await findLab(NAME), 'node1');
    expect(labProcesses(NAME).length).toBeGreaterThan(0);
    await own.down();
    expect(await labTraces(NAME)).toEqual([]);
  });

  test.each(MOMENTS)('kinit killed while %s: down still leaves nothing', async (_, moment) => {
    const up = startKinit([
      'lab',
      'up',
      '--name',
      NAME,
      '--hosts',
      '1',
      '--driver',
      'uml',
      '--cpus',
      '1',
      '--memory',
      '512M',
    ]);
    await moment(up);
    up.signal('SIGKILL', 'group');
    await up.ended();
    expect(await labTraces(NAME)).not.toEqual([]);
    await labDown(NAME, () => undefined);
    expect(await labTraces(NAME)).toEqual([]);
  });
});
