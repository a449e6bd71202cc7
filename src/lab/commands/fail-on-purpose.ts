import { KinitError } from '../../model/error.js';
import { cgroupProcesses, hierarchies, removeCgroups } from '../host/cgroup.js';
import { driverOf } from '../drivers/index.js';
import { setPartition, setWayOut } from '../network/network.js';
import { hostFiles } from '../state/paths.js';
import { isAlive, readRecord, until } from '../host/process.js';
import { bootHost } from '../run.js';
import { findHost } from './ssh.js';
import { namesOf, readState } from '../state/state.js';
import { addressIn } from '../network/subnet.js';
import type { Lab } from '../types.js';

/**
 * Power cut: all that runs in the host ends at once; its disk stays.
 * @internal For end-to-end tests.
 */
export async function killHost(lab: Lab, name: string): Promise<void> {
  const host = findHost(lab, name);
  const all = await hierarchies();
  const { cgroup } = namesOf(lab);
  await driverOf(host).cutPower(await cgroupProcesses(all, cgroup, host.name));
  const launcher = await readRecord(hostFiles(lab.directory, host.name).record);
  if (launcher !== undefined) await until(10, async () => !(await isAlive(launcher)));
  await removeCgroups(all, cgroup, host.name);
}

/**
 * Boots a stopped host from its disk, as after a power cut. Returns when it answers; a running host is left alone.
 * @internal For end-to-end tests.
 */
export async function startHost(lab: Lab, name: string, signal?: AbortSignal): Promise<void> {
  const host = findHost(lab, name);
  const state = await readState(lab.name);
  if (state === undefined)
    throw new KinitError(`There is no lab ${lab.name}`, {
      class: 'usage',
      hint: `Make it: kinit lab up --name ${lab.name}`,
    });
  await bootHost(lab, host, state.rootfs, signal);
}

/** In the place of a host's name: this machine, where kinit runs. */
const OPERATOR = 'operator';

/**
 * Cuts the network between the given pairs of hosts, both ways; replaces any earlier cut. An empty list heals all.
 * @internal For end-to-end tests.
 */
export async function partition(lab: Lab, pairs: readonly (readonly [string, string])[]): Promise<void> {
  const address = (name: string): string =>
    name === OPERATOR ? addressIn(lab.subnet, 1) : findHost(lab, name).address;
  await setPartition(
    namesOf(lab),
    pairs.map(([a, b]) => [address(a), address(b)] as const),
  );
}

/**
 * Leaves a lab's hosts no way to anything but each other and this machine; gives this machine's address in the lab.
 * @internal For end-to-end tests.
 */
export async function closeLab(lab: Lab): Promise<string> {
  await setWayOut(namesOf(lab), lab.subnet, 'closed');
  return addressIn(lab.subnet, 1);
}
