import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '../../../model/text/digest.js';
import { sh, shellScript } from '../../../shell/script.js';
import { removeTree } from '../../commands/remove.js';
import { inOwnMounts } from '../../host/own-mounts.js';
import { kill } from '../../host/process.js';
import { uplinkMtu } from '../../network/network.js';
import { addressIn, hardwareAddress } from '../../network/subnet.js';
import { hostFiles } from '../../state/paths.js';
import { namesOf } from '../../state/state.js';
import type { Lab, LabHost } from '../../types.js';
import { acceleration, type Acceleration } from './acceleration.js';
import { bootLayer, ensureBootLayer } from './boot-layer.js';
import type { Driver, HostCommand, PrepareOptions, StartOptions, WantedHosts } from '../driver.js';
import { refuseHosts } from '../refuse.js';

const networkScript = shellScript('./network.sh', import.meta.url);
const packScript = shellScript('./pack.sh', import.meta.url);
const runScript = shellScript('./run.sh', import.meta.url);

const NETWORK = 'usr/local/sbin/lab-network';

/** A sparse file: what is not written takes nothing. In MiB. */
const DISK_MB = 32 * 1024;
/** What QEMU takes besides the host's memory: translated code, buffers, the machine's cache of the disk. */
const OWN_MB = 512;
/** Translated code it keeps at once, in MiB. The default is a quarter of this machine's memory. */
const TRANSLATED_MB = 128;

/** Whole machines: firmware, a disk with a boot loader, any kernel. */
export const qemu: Driver = {
  name: 'qemu',
  describe: 'a whole machine each: firmware, boot loader, any kernel; ten times slower where there is no KVM',
  ownKernel: true,
  tools: { 'qemu-system-x86_64': 'qemu-system-x86', sfdisk: 'fdisk', nsenter: 'util-linux' },
  hostMB: 900,
  unavailable: () =>
    Promise.resolve(
      process.arch === 'x64' ? undefined : `whole machines are made for x86-64 only; this one is ${process.arch}`,
    ),
  check,
  prepare,
  bootSeconds: 300,
  makeDisk,
  cgroupMemoryMB: ({ memoryMB }) => memoryMB + OWN_MB,
  command,
  cutPower: (pids) => Promise.resolve(pids.forEach(kill)),
};

function check({ memoryMB, image, snapshot }: WantedHosts): void {
  if (memoryMB < 384) throw refuseHosts('qemu', `${memoryMB} MB of memory`, 'Give at least --memory 384M.');
  if (image.emulated)
    throw refuseHosts('qemu', `${image.title}: there is no kernel of that system`, 'Take an image of Debian.');
  if (snapshot !== undefined)
    throw refuseHosts('qemu', 'a snapshot: it knows nothing of the kernel package', 'Make the hosts without one.');
}

async function prepare(options: PrepareOptions): Promise<void> {
  await ensureBootLayer(options);
  const { kvm, why } = await accelerationWith(options.rootfs);
  options.onProgress(
    kvm
      ? 'hosts run with KVM'
      : `hosts are emulated, ten times slower and more: KVM does not work on this machine (${why})`,
  );
}

async function accelerationWith(rootfs: string): Promise<Acceleration> {
  const boot = join(bootLayer(rootfs), 'boot');
  const files = await readdir(boot);
  const path = (prefix: string): string => join(boot, files.find((name) => name.startsWith(prefix)) ?? prefix);
  return acceleration({ linux: path('vmlinuz-'), initrd: path('initrd.img-') });
}

async function makeDisk(lab: Lab, host: LabHost, rootfs: string): Promise<void> {
  const files = hostFiles(lab.directory, host.name);
  await addNetwork(lab, host, join(files.disk, 'upper'));
  const words = [`${bootLayer(rootfs)}:${rootfs}`, files.disk, files.image, String(host.diskMB ?? DISK_MB)];
  await inOwnMounts(sh(packScript, { args: words }), { timeoutSeconds: 300 });
  await removeTree(files.disk);
}

/** A service that gives the host its address. */
async function addNetwork(lab: Lab, host: LabHost, upper: string): Promise<void> {
  const units = join(upper, 'etc/systemd/system');
  await mkdir(join(units, 'multi-user.target.wants'), { recursive: true });
  await mkdir(join(upper, 'usr/local/sbin'), { recursive: true });
  await writeFile(join(upper, NETWORK), `#!/bin/sh\n${networkScript.text}\n`);
  await chmod(join(upper, NETWORK), 0o755);
  const words = [`${host.address}/24`, addressIn(lab.subnet, 1), String(await uplinkMtu())];
  const unit = `[Unit]
Description=Network of the test host
DefaultDependencies=no
After=local-fs.target
Before=network.target ssh.service
Wants=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/${NETWORK} ${words.join(' ')}
`;
  await writeFile(join(units, 'lab-network.service'), unit);
  await symlink('../lab-network.service', join(units, 'multi-user.target.wants/lab-network.service'));
}

async function command(lab: Lab, host: LabHost, { rootfs, mtu }: StartOptions): Promise<HostCommand> {
  const names = namesOf(lab);
  const { kvm } = await accelerationWith(rootfs);
  return {
    script: runScript.text,
    program: [names.cable(host.name), names.bridge, String(mtu), ...machine(lab, host, kvm)],
  };
}

function machine(lab: Lab, host: LabHost, kvm: boolean): string[] {
  const { image } = hostFiles(lab.directory, host.name);
  return [
    ...['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-machine', 'q35', '-accel', kvm ? 'kvm' : `tcg,tb-size=${TRANSLATED_MB}`, '-cpu', 'max'],
    ...['-smp', String(host.cpus), '-m', String(host.memoryMB), '-uuid', productUuid(lab, host)],
    // A power cut is the end of QEMU, not of this machine, which has what was written.
    ...['-drive', `file=${image},if=virtio,format=raw,cache=unsafe`],
    ...['-netdev', 'tap,id=net,ifname=tap0,script=no,downscript=no'],
    ...['-device', `virtio-net-pci,netdev=net,romfile=,mac=${hardwareAddress(host.address)}`],
    ...['-device', 'virtio-rng-pci'],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
  ];
}

/** What the firmware says the machine is: the same at each boot, and no other host of any lab has it, unless one was chosen. */
export function productUuid(lab: Pick<Lab, 'name' | 'owner'>, { name, productUuid: chosen }: LabHost): string {
  if (chosen !== undefined) return chosen.toLowerCase();
  const hex = sha256Hex(`${lab.owner ?? ''}\0${lab.name}\0${name}`);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
