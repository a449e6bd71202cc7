import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asKinitError } from '../../../model/error.js';
import { runLocal } from '../../../ssh/local.js';
import { exists } from '../../state/exists.js';
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
 * device on which nothing runs. Asked once a boot of this machine; where time ran out, which a busy machine makes happen too, only
 * for as long as this process runs.
 * @param kernel paths of a kernel and of its first file system
 */
export function acceleration(kernel: Kernel): Promise<Acceleration> {
  return (asked ??= ask(kernel));
}

let asked: Promise<Acceleration> | undefined;

interface Kernel {
  readonly linux: string;
  readonly initrd: string;
}

async function ask(kernel: Kernel): Promise<Acceleration> {
  const file = join(machineFolder(), 'kvm');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return { kvm: known === '', why: known };
  const why = (await exists('/dev/kvm')) ? await whyNoBoot(kernel) : 'there is no /dev/kvm';
  if (why === undefined) return { kvm: false, why: `a kernel did not boot within ${PROBE_SECONDS} s with it` };
  await mkdir(machineFolder(), { recursive: true, mode: 0o700 });
  await writeFile(file, why);
  return { kvm: why === '', why };
}

/** '' where a kernel boots with KVM; undefined where it had not ended in time. */
async function whyNoBoot({ linux, initrd }: Kernel): Promise<string | undefined> {
  const probe = await runLocal('qemu-system-x86_64', probeArguments(linux, initrd), {
    timeoutSeconds: PROBE_SECONDS,
    reject: false,
  }).catch((thrown: unknown) => {
    if (asKinitError(thrown).context.class === 'timeout') return undefined;
    throw thrown;
  });
  if (probe === undefined) return undefined;
  if (/Kernel panic/.test(probe.stdout)) return '';
  return probe.stderr.trim().split('\n')[0] || 'a kernel does not boot with it';
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
