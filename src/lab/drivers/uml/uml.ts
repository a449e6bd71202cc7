import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { ensureKernel, type Kernel } from '../../../artifacts/index.js';
import { sh, shellScript } from '../../../shell/script.js';
import { runLocal } from '../../../ssh/local.js';
import { removeTree } from '../../commands/remove.js';
import { inOwnMounts } from '../../host/own-mounts.js';
import { kill } from '../../host/process.js';
import { addressIn, hardwareAddress } from '../../network/subnet.js';
import { lowerLayers, varSource } from '../../snapshot/layers.js';
import { hostFiles } from '../../state/paths.js';
import { namesOf } from '../../state/state.js';
import type { Lab, LabHost } from '../../types.js';
import { bootArguments } from './boot-loader.js';
import type { Driver, HostCommand, StartOptions, WantedHosts } from '../driver.js';
import { NEEDS_FIRMWARE, refuseHosts } from '../refuse.js';

/** First process of a host; a file of its own there. */
const initScript = shellScript('./init.sh', import.meta.url);
const runScript = shellScript('./run.sh', import.meta.url);
const packScript = shellScript('./pack.sh', import.meta.url);

const INIT = 'usr/local/sbin/lab-init';

/** CONFIG_NR_CPUS of the kernel that is built (artifacts/kernel/uml.config). */
const MOST_CPUS = 4;
/** A sparse file: what is not written takes nothing. In MiB. */
const DISK_MB = 32 * 1024;
/**
 * How it is mounted (ext4(5)). Its file is new and so full of zeros: none have to be written where inodes will be. And what the
 * host has flushed need only outlive the host, not this machine: a flush would wait for this machine's disk.
 */
const DISK_OPTIONS = 'noinit_itable,nobarrier';
/** What the kernel's own processes take besides the host's memory: page tables, stacks, the machine's cache of its disk. */
const OWN_MB = 256;

/** Hosts with a kernel of their own, an ordinary program of this machine (user-mode Linux). */
export const uml: Driver = {
  name: 'uml',
  describe: 'a kernel of its own for each: cgroup v2, modules, swap, clock, reboots; slower',
  ownKernel: true,
  tools: { ethtool: 'ethtool', nsenter: 'util-linux' },
  hostMB: 900,
  unavailable,
  check,
  prepare: async ({ onProgress, signal }) => void (await kernel(onProgress, signal)),
  bootSeconds: 90,
  makeDisk,
  cgroupMemoryMB: ({ memoryMB }) => Math.ceil(memoryMB * 1.125) + OWN_MB,
  command,
  // Its processes are the kernel's own: nothing ends the others when one is killed.
  cutPower: (pids) => Promise.resolve(pids.forEach(kill)),
};

/** User-mode Linux is there for x86 only; it catches its programs' system calls with filters of this kernel (seccomp(2)). */
async function unavailable(): Promise<string | undefined> {
  if (process.arch !== 'x64')
    return `hosts with a kernel of their own need an x86-64 machine; this one is ${process.arch}`;
  const actions = await readFile('/proc/sys/kernel/seccomp/actions_avail', 'utf8').catch(() => '');
  return actions.split(/\s+/).includes('trap')
    ? undefined
    : "this machine's kernel has no filters of system calls (seccomp)";
}

function check({ cpus, memoryMB, productUuid }: WantedHosts): void {
  if (cpus > MOST_CPUS) throw refuseHosts('uml', `${cpus} CPUs`, `Give at most --cpus ${MOST_CPUS}.`);
  if (memoryMB < 256) throw refuseHosts('uml', `${memoryMB} MB of memory`, 'Give at least --memory 256M.');
  if (productUuid !== undefined) throw refuseHosts('uml', 'a hardware id: its hosts have no firmware', NEEDS_FIRMWARE);
}

function kernel(onProgress: (text: string) => void, signal: AbortSignal): Promise<Kernel> {
  return ensureKernel({ emit: (event) => (event.type === 'progress' ? onProgress(event.text) : undefined), signal });
}

/** The host keeps the kernel it was made with: the modules on its disk fit no other. */
async function makeDisk(lab: Lab, host: LabHost, rootfs: string): Promise<void> {
  const files = hostFiles(lab.directory, host.name);
  const { linux, modules } = await kernel(() => undefined, new AbortController().signal);
  await copyFile(linux, files.kernel, constants.COPYFILE_FICLONE);
  await chmod(files.kernel, 0o700);

  const upper = join(files.disk, 'upper');
  await runLocal('tar', ['-xf', modules, '-C', upper]);
  await mkdir(join(upper, 'usr/local/sbin'), { recursive: true });
  await writeFile(join(upper, INIT), `#!/bin/sh\n${initScript.text}\n`);
  await chmod(join(upper, INIT), 0o755);

  const words = [
    lowerLayers(host, rootfs),
    files.disk,
    varSource(host, rootfs),
    files.image,
    String(host.diskMB ?? DISK_MB),
  ];
  await inOwnMounts(sh(packScript, { args: words }), { timeoutSeconds: 300 });
  await removeTree(files.disk);
}

async function command(lab: Lab, host: LabHost, { mtu }: StartOptions): Promise<HostCommand> {
  const words = await bootArguments(hostFiles(lab.directory, host.name).image);
  const names = namesOf(lab);
  return {
    script: runScript.text,
    program: [names.cable(host.name), names.bridge, String(mtu), ...kernelArguments(lab, host, mtu, words)],
  };
}

function kernelArguments(lab: Lab, host: LabHost, mtu: number, more: readonly string[]): string[] {
  const files = hostFiles(lab.directory, host.name);
  return [
    files.kernel,
    'seccomp=on',
    // Programs in Go that are at work ask to be woken every 20 us, which is dear here. Measured with ticks of 10 ms instead: API
    // server, etcd and kubelet take half the processor time until a cluster is up.
    'highres=off',
    `ncpus=${host.cpus}`,
    `mem=${host.memoryMB}M`,
    `ubd0=${files.image}`,
    'root=/dev/ubda',
    'rw',
    `rootflags=${DISK_OPTIONS}`,
    `uml_dir=${files.folder}/memory`,
    'umid=host',
    // The tap transport panics with more than one CPU.
    `vec0:transport=raw,ifname=host0,mac=${hardwareAddress(host.address)}`,
    'con=null',
    'con0=null,fd:1',
    'ssl=null',
    ...more,
    `init=/${INIT}`,
    '--',
    `${host.address}/24`,
    addressIn(lab.subnet, 1),
    String(mtu),
  ];
}
