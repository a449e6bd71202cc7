import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellScript } from '../../../shell/script.js';
import { runLocal } from '../../../ssh/local.js';
import { removeTree } from '../../commands/remove.js';
import { kill } from '../../host/process.js';
import { addressIn } from '../../network/subnet.js';
import { copyTree } from '../../snapshot/disk.js';
import { varSource } from '../../snapshot/layers.js';
import { exists } from '../../state/exists.js';
import { hostFiles } from '../../state/paths.js';
import { namesOf } from '../../state/state.js';
import type { Lab, LabHost } from '../../types.js';
import type { Driver } from '../driver.js';
import { NEEDS_FIRMWARE, refuseHosts } from '../refuse.js';

/** First process of a host; a file of its own there. */
const initScript = shellScript('./init.sh', import.meta.url);
const mountedScript = shellScript('./mounted.sh', import.meta.url);

/** Hosts that share the machine's kernel: up in seconds, as fast as the machine. */
export const nspawn: Driver = {
  name: 'nspawn',
  describe: "the machine's kernel for all: fastest, for whole clusters",
  ownKernel: false,
  tools: { 'systemd-nspawn': 'systemd-container' },
  hostMB: 500,
  unavailable: () => Promise.resolve(undefined),
  check: ({ productUuid }) => {
    if (productUuid !== undefined) throw refuseHosts('nspawn', "a hardware id: it is this machine's", NEEDS_FIRMWARE);
  },
  prepare: () => Promise.resolve(),
  bootSeconds: 90,
  makeDisk,
  cgroupMemoryMB: ({ memoryMB }) => memoryMB,
  command: async (lab, host, { mtu }) => ({
    script: mountedScript.text,
    program: ['systemd-nspawn', ...nspawnArguments(lab, host, await exists('/lib/modules')), ...init(lab, host, mtu)],
  }),
  cutPower,
};

async function makeDisk(lab: Lab, host: LabHost, rootfs: string): Promise<void> {
  const files = hostFiles(lab.directory, host.name);
  await mkdir(join(files.folder, 'root'), { mode: 0o700 });
  await mkdir(join(files.disk, 'work'), { mode: 0o755 });
  await copyTree(varSource(host, rootfs), join(files.disk, 'var'));
  await writeFile(files.init, `#!/bin/sh\n${initScript.text}\n`);
  await chmod(files.init, 0o755);
  if (host.diskMB !== undefined) await packDisk(files.disk, files.image, host.diskMB);
}

/** A file system of its own size, so that a host's disk can really be full. */
async function packDisk(disk: string, image: string, sizeMB: number): Promise<void> {
  await runLocal('mkfs.ext4', ['-q', '-d', disk, image, `${sizeMB}M`], { timeoutSeconds: 120 });
  await removeTree(disk);
  await mkdir(disk, { mode: 0o700 });
}

function init(lab: Lab, host: LabHost, mtu: number): string[] {
  const gateway = addressIn(lab.subnet, 1);
  return ['/usr/local/sbin/lab-init', `${host.address}/24`, gateway, String(mtu), String(host.memoryMB)];
}

/** systemd-nspawn's arguments for a host, without the program that is started in it. */
function nspawnArguments(lab: Lab, host: LabHost, kernelModules: boolean): string[] {
  const files = hostFiles(lab.directory, host.name);
  const names = namesOf(lab);
  return [
    '--quiet',
    `--directory=${files.folder}/root`,
    `--machine=${names.machine(host.name)}`,
    `--hostname=${host.name}`,
    '--register=no',
    '--keep-unit',
    `--network-bridge=${names.bridge}`,
    '--capability=all',
    '--private-users=no',
    '--system-call-filter=add_key keyctl bpf perf_event_open',
    '--bind=/dev/kmsg',
    // Overlay on overlay fails, and containerd mounts overlays below /var/lib: all of /var is a real folder.
    `--bind=${files.disk}/var:/var`,
    `--bind-ro=${files.init}:/usr/local/sbin/lab-init`,
    // The machine has modules, so that modprobe works in hosts.
    ...(kernelModules ? ['--bind-ro=/lib/modules'] : []),
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=read-only',
    '--kill-signal=SIGRTMIN+3',
  ];
}

/** SIGKILL to the host's PID 1: the kernel ends all that runs in the host with it. */
async function cutPower(pids: readonly number[]): Promise<void> {
  for (const pid of pids) if (isHostInit(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))) kill(pid);
}

/** PID 1 of a host counts as 1 in the first namespace below this one; that of a container in it lies one deeper. */
export function isHostInit(status: string): boolean {
  return /^NSpid:\t\d+\t1$/m.test(status);
}
