import { DRIVERS } from '../../../src/lab/drivers/index.js';
import { eventually, type LabHandle } from './kinit.js';

/** Why hosts with kernels of their own cannot run on this machine. */
export const noOwnKernels = await DRIVERS.uml.unavailable();

/** Name of a group of tests that need such hosts. */
export function withOwnKernels(what: string): string {
  return noOwnKernels === undefined ? what : `${what} (skipped: ${noOwnKernels})`;
}

/** One host of a lab. */
export interface OwnKernelHost {
  /** What a shell line says, as root. */
  says(script: string): Promise<string>;
  reboot(): Promise<void>;
}

export function hostOf(lab: LabHandle, name = 'node1'): OwnKernelHost {
  const says = async (script: string): Promise<string> => (await lab.sh(name, script)).stdout.trim();
  return {
    says,
    reboot: async () => {
      const before = await says('cat /proc/sys/kernel/random/boot_id');
      await lab.sh(name, 'systemctl reboot', { reject: false });
      await bootAfter(lab, name, before);
    },
  };
}

/** Waits until a host has booted again and what starts at boot has started. */
export async function bootAfter(lab: LabHandle, name: string, bootId: string): Promise<void> {
  await eventually('another boot', 120, async () => {
    const { code, stdout } = await lab.sh(name, 'cat /proc/sys/kernel/random/boot_id', { reject: false });
    return code === 0 && stdout.trim() !== bootId ? true : undefined;
  });
  await lab.sh(name, 'timeout 100 systemctl is-system-running --wait', { reject: false });
}
