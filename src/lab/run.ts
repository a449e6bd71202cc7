import { readFile, writeFile } from 'node:fs/promises';

import { createConnection } from 'node:net';
import { defined } from '../model/defined.js';
import { KinitError } from '../model/error.js';
import { shellScript } from '../shell/script.js';
import { runLocal } from '../ssh/local.js';
import { cgroupProcesses, hierarchies, makeCgroups, removeCgroups } from './host/cgroup.js';
import type { Hierarchy } from './host/cgroup.js';
import { cpuList, machineCpus } from './host/cpus.js';
import { driverOf } from './drivers/index.js';
import { launch } from './host/launch.js';
import { uplinkMtu } from './network/network.js';
import { hostFiles } from './state/paths.js';
import { namesOf } from './state/state.js';
import { isAlive, readRecord, until } from './host/process.js';
import { sshCommand } from './commands/ssh.js';
import type { Lab, LabHost } from './types.js';

const waitUp = shellScript('./host/wait-up.sh', import.meta.url);

/** Boots a host from its disk and returns when it answers over ssh. A host that runs is left alone. */
export async function bootHost(lab: Lab, host: LabHost, rootfs: string, signal?: AbortSignal): Promise<void> {
  const all = await hierarchies();
  const { cgroup } = namesOf(lab);
  if (!(await isRunning(all, lab, host))) {
    // What a crash left in its control groups would hold the old network and mounts.
    await removeCgroups(all, cgroup, host.name);
    const limits = {
      cpus: host.cpus,
      memoryMB: driverOf(host).cgroupMemoryMB(host),
      cpuset: cpuList(
        await machineCpus(),
        host.cpus,
        lab.hosts.findIndex(({ name }) => name === host.name),
      ),
    };
    const cgroups = await makeCgroups(all, cgroup, host.name, limits);
    await writeFile(hostFiles(lab.directory, host.name).record, '');
    await launch(lab, host, { rootfs, cgroups, mtu: await uplinkMtu() });
    await waitForSshd(lab, host, signal);
  }
  await waitForSystem(lab, host, signal);
}

/** Whether the launcher of a host, and so the host, is alive. */
export async function isRunning(all: readonly Hierarchy[], lab: Lab, host: LabHost): Promise<boolean> {
  const record = await readRecord(hostFiles(lab.directory, host.name).record);
  if (record === undefined || !(await isAlive(record))) return false;
  return (await cgroupProcesses(all, namesOf(lab).cgroup, host.name)).includes(record.pid);
}

async function waitForSshd(lab: Lab, host: LabHost, signal: AbortSignal | undefined): Promise<void> {
  const { record } = hostFiles(lab.directory, host.name);
  const { bootSeconds } = driverOf(host);
  let ended = false;
  const answered = await until(bootSeconds, async () => {
    signal?.throwIfAborted();
    const process = await readRecord(record);
    ended = process !== undefined && !(await isAlive(process));
    return ended || (await greets(host.address));
  });
  if (ended) throw await bootError(lab, host, 'ended while it started');
  if (!answered) throw await bootError(lab, host, `did not answer at ${host.address}:22 within ${bootSeconds} s`);
}

/** sshd answers early in the boot; what comes after it must not surprise who uses the host. */
async function waitForSystem(lab: Lab, host: LabHost, signal: AbortSignal | undefined): Promise<void> {
  const { bootSeconds } = driverOf(host);
  const [program = 'ssh', ...args] = sshCommand(lab, host.name, ['sh', '-s', '--', String(bootSeconds)]);
  let answer = { stdout: '', stderr: '' };
  const up = await until(
    bootSeconds / 3,
    async () => {
      answer = await runLocal(program, args, {
        input: waitUp.text,
        timeoutSeconds: bootSeconds + 20,
        reject: false,
        ...defined({ signal }),
      });
      // A unit that failed (degraded) does not make the host unusable.
      return /^(running|degraded)$/.test(answer.stdout.trim());
    },
    500,
  );
  if (!up)
    throw await bootError(
      lab,
      host,
      `did not come up: ${answer.stdout.trim() || answer.stderr.trim() || 'no answer over ssh'}`,
    );
}

async function bootError(lab: Lab, host: LabHost, what: string): Promise<KinitError> {
  const { console } = hostFiles(lab.directory, host.name);
  const log = await readFile(console, 'utf8').catch(() => '');
  const lines = log
    .replace(/\u001b\[[0-9;?]*[A-Za-z]|\r/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return new KinitError(`Test host ${host.name} ${what}`, {
    class: 'timeout',
    host: host.name,
    tried: `booted it with lab driver ${host.driver}`,
    found: lines.slice(-15).join('\n'),
    hint: `Look at ${console}. On a busy machine, use fewer hosts. If the overlay mount failed, choose a folder on a real file system with --directory.`,
  });
}

/** True when something at port 22 says it is an SSH server. */
function greets(address: string): Promise<boolean> {
  return new Promise((answer) => {
    const socket = createConnection({ host: address, port: 22 });
    const done = (yes: boolean): void => {
      socket.destroy();
      answer(yes);
    };
    socket.setTimeout(1000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('data', (data) => done(data.toString('latin1').startsWith('SSH-')));
  });
}
