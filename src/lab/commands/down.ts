import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hierarchies, removeCgroups } from '../host/cgroup.js';
import { withLock } from '../state/lock.js';
import { restoreMachine } from '../network/forwarding.js';
import { removeNetwork } from '../network/network.js';
import { checkLabName } from '../options.js';
import { labLock, labNames, machineLock } from '../state/paths.js';
import { checkPlace, here } from './preconditions.js';
import { removeTree } from './remove.js';
import { namesOf, readState, stateFolder, stateNames, toLab } from '../state/state.js';

/**
 * Removes a lab with everything it has on this machine: processes, control groups, links, rules, disks, files. What
 * it owns follows from its name, so it also removes what a killed `lab up` left. False when there was nothing.
 */
export async function labDown(name: string, onProgress: (text: string) => void): Promise<boolean> {
  checkLabName(name);
  checkPlace(here());
  return withLock(labLock(name), 300, undefined, async () => {
    onProgress(`taking lab ${name} down`);
    const found = await takeDown(name, onProgress);
    onProgress(found ? `lab ${name} is gone` : `there is no lab ${name}: nothing to do`);
    return found;
  });
}

/** The same without the lab's lock, for who holds it. Each step works on what is there; so it can be run again. */
export async function takeDown(name: string, onProgress: (text: string) => void): Promise<boolean> {
  const state = await readState(name);
  const names = state === undefined ? labNames(name) : namesOf(state);
  // Ending all processes also ends their mounts, loop devices, network namespaces and cables.
  const processes = await removeCgroups(await hierarchies(), names.cgroup);
  const network = await removeNetwork(names);
  const known = (await stateNames()).includes(name);
  if (state !== undefined && state.directory !== stateFolder(name)) await removeOwnFiles(state.directory, toLab(state));
  // The state goes last: as long as anything is left, it can be found.
  await removeTree(stateFolder(name));
  await withLock(machineLock(), 60, undefined, async () => {
    for (const text of await restoreMachine(names.cgroup)) onProgress(text);
  });
  return processes || network || known;
}

/** In a folder the user chose, only what the lab put there. */
async function removeOwnFiles(
  directory: string,
  lab: { readonly inventoryFile: string; readonly identityFile: string; readonly knownHostsFile: string },
): Promise<void> {
  await removeTree(join(directory, 'hosts'));
  for (const file of [lab.inventoryFile, lab.identityFile, `${lab.identityFile}.pub`, lab.knownHostsFile])
    await rm(file, { force: true });
  await rmdir(directory).catch(() => undefined);
}
