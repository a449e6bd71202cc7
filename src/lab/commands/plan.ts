import { join } from 'node:path';
import { defined } from '../../model/defined.js';
import { DEFAULT_DRIVER, type DriverName } from '../drivers/names.js';
import { addressIn } from '../network/subnet.js';
import { snapshotPart } from '../snapshot/layers.js';
import type { LabHost } from '../types.js';

/** The first host's address ends in .11. */
const FIRST_ADDRESS = 11;

/** The hosts a lab lacks, named and numbered after those it has. Pure. */
export function missingHosts(
  have: readonly LabHost[],
  wanted: {
    readonly hosts: number;
    readonly controlPlanes: number;
    readonly cpus: number;
    readonly memoryMB: number;
    readonly diskMB?: number;
    readonly driver?: DriverName;
    readonly snapshot?: string;
    readonly productUuid?: string;
  },
  subnet: string,
): LabHost[] {
  return Array.from({ length: Math.max(0, wanted.hosts - have.length) }, (_, k) => {
    const index = have.length + k;
    return {
      name: `node${index + 1}`,
      address: addressIn(subnet, FIRST_ADDRESS + index),
      roles: roles(index, wanted),
      cpus: wanted.cpus,
      memoryMB: wanted.memoryMB,
      driver: chosenDriver(have, wanted),
      ...defined({ diskMB: wanted.diskMB, productUuid: wanted.productUuid }),
      ...(wanted.snapshot === undefined ? {} : { snapshot: join(wanted.snapshot, snapshotPart(roles(index, wanted))) }),
    };
  });
}

/** What makes a lab's next hosts: what is asked for, else what made its first one. */
export function chosenDriver(have: readonly LabHost[], wanted: { readonly driver?: DriverName }): DriverName {
  return wanted.driver ?? have[0]?.driver ?? DEFAULT_DRIVER;
}

/** A lab without a worker could run no ordinary pod, so its control plane runs them too. */
function roles(
  index: number,
  wanted: { readonly hosts: number; readonly controlPlanes: number },
): ('control-plane' | 'worker')[] {
  if (index >= wanted.controlPlanes) return ['worker'];
  return wanted.controlPlanes === wanted.hosts ? ['control-plane', 'worker'] : ['control-plane'];
}
