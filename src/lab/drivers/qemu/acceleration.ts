import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocal } from '../../../ssh/local.js';
import { machineFolder } from '../../state/paths.js';

/** How this machine runs another one. */
export interface Acceleration {
  readonly kvm: boolean;
  /** Why there is no KVM, for people; empty where there is. */
  readonly why: string;
}

/** A kernel that is told to end at once does so within a second or two. */
const PROBE_SECONDS = 20;

/**
 * Whether KVM works here: not that the device is there, but that a kernel really boots with it. Virtual machines often have a
 * device on which nothing runs. Asked once a boot of this machine.
 * @param kernel paths of a kernel and of its first file system
 */
export async function acceleration(kernel: { readonly linux: string; readonly initrd: string }): Promise<Acceleration> {
  const file = join(machineFolder(), 'kvm');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  const why = known ?? (await whyNoKvm(kernel));
  if (known === undefined) {
    await mkdir(machineFolder(), { recursive: true, mode: 0o700 });
    await writeFile(file, why);
  }
  return { kvm: why === '', why };
}

async function whyNoKvm({ linux, initrd }: { linux: string; initrd: string }): Promise<string> {
  const there = await access('/dev/kvm').then(
    () => true,
    () => false,
  );
  if (!there) return 'there is no /dev/kvm';
  const probe = await runLocal('qemu-system-x86_64', probeArguments(linux, initrd), {
    timeoutSeconds: PROBE_SECONDS,
    reject: false,
  }).catch(() => undefined);
  if (probe === undefined) return `a kernel does not boot within ${PROBE_SECONDS} s with it`;
  return /Kernel panic/.test(probe.stdout)
    ? ''
    : (probe.stderr.trim().split('\n')[0] ?? 'a kernel does not boot with it');
}

/** It finds no first program, panics, and reboots at once, which ends the probe. */
function probeArguments(linux: string, initrd: string): string[] {
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'q35', '-accel', 'kvm', '-cpu', 'max', '-m', '256'],
    ...['-kernel', linux, '-initrd', initrd, '-append', 'console=ttyS0 rdinit=/none init=/none panic=-1'],
    ...['-serial', 'stdio'],
  ];
}
