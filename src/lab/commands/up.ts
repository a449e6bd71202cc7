import { resolve } from 'node:path';
import { KinitError } from '../../model/error.js';
import { hierarchies, removeCgroups } from '../host/cgroup.js';
import { takeDown } from './down.js';
import { DRIVERS } from '../drivers/index.js';
import { makeHost } from '../host/host.js';
import { withLock } from '../state/lock.js';
import { cutWays } from '../network/reach.js';
import { prepareMachine, subnetsOfMachine } from '../network/forwarding.js';
import { makeNetwork, uplinkMtu, usedNetworks } from '../network/network.js';
import { checkOptions } from '../options.js';
import type { CheckedOptions } from '../options.js';
import { hostFiles, labLock, labsFolder, machineLock } from '../state/paths.js';
import { IMAGES } from '../images/index.js';
import { DEFAULT_IMAGE } from '../images/names.js';
import { chosenDriver, missingHosts } from './plan.js';
import { checkDisk, checkDriver, checkPlace, ensureTools, here } from './preconditions.js';
import { removeTree } from './remove.js';
import { ensureRootfs, rootfsIsCached } from '../rootfs/rootfs.js';
import { bootHost } from '../run.js';
import { namesOf, readState, stateFolder, stateNames, toLab, writeState } from '../state/state.js';
import type { LabState } from '../state/state.js';
import { freeSubnet } from '../network/subnet.js';
import type { Lab, LabHost, LabOptions } from '../types.js';
import { makeKey, writeInventory, writeKnownHosts } from '../rootfs/user-files.js';

/**
 * Brings a lab up: makes it, starts what is stopped, and adds the hosts it has too few of. A lab that is up already
 * is left as it is. Hosts outlive this process. What this call made is removed again when it fails.
 * Throws 'usage', 'preflight', 'locked', 'change', 'timeout' and 'interrupted' errors.
 */
export async function labUp(given: LabOptions): Promise<Lab> {
  const options = checkOptions(given);
  checkPlace(here());
  return withLock(labLock(options.name), 300, options.signal, () => up(options));
}

async function up(options: CheckedOptions): Promise<Lab> {
  const { name, signal, onProgress } = options;
  const before = await readState(name);
  refuseMove(before, options);
  const image = IMAGES[before?.image ?? options.image ?? DEFAULT_IMAGE];
  const driver = DRIVERS[chosenDriver(before?.hosts ?? [], options)];
  await checkDriver(driver);
  await ensureTools(driver, onProgress, signal);
  const newCount = Math.max(0, options.hosts - (before?.hosts.length ?? 0));
  if (newCount > 0) {
    driver.check({ ...options, image });
    const folder = before?.directory ?? options.directory ?? stateFolder(name);
    await checkDisk(folder, newCount, driver, before !== undefined || (await rootfsIsCached(image)));
  }
  const rootfs = before?.rootfs ?? (await ensureRootfs(image, onProgress, signal));
  if (newCount > 0) await driver.prepare({ rootfs, onProgress, signal });

  const lab = toLab(await withLock(machineLock(), 60, signal, () => claim(options, before, rootfs)));
  const added = lab.hosts.slice(before?.hosts.length ?? 0);
  try {
    await makeNetwork(namesOf(lab), lab.subnet, await uplinkMtu());
    await makeKey(lab);
    await settle(added.map((host) => makeHost(lab, host, rootfs)));
    await writeKnownHosts(lab);
    onProgress(`starting ${lab.hosts.map((host) => host.name).join(', ')}`);
    await settle(
      lab.hosts.map(async (host) => {
        await bootHost(lab, host, rootfs, signal);
        onProgress(`${host.name} is up at ${host.address}`);
      }),
    );
    await writeInventory(lab);
    for (const cut of await cutWays(lab)) onProgress(`warning: ${cut}`);
    return lab;
  } catch (error) {
    onProgress('undoing what was made');
    await undo(lab, before, added, options);
    throw signal.aborted
      ? new KinitError('Bringing the lab up was interrupted', {
          class: 'interrupted',
          hint: `What was made is removed again. Start over with \`kinit lab up --name ${name}\`.`,
          cause: error,
        })
      : error;
  }
}

/** Chooses network and hosts, and writes them down before anything is made: from here on `lab down` finds it. */
async function claim(options: CheckedOptions, before: LabState | undefined, rootfs: string): Promise<LabState> {
  const base = before ?? {
    version: 2 as const,
    owner: resolve(labsFolder()),
    name: options.name,
    directory: options.directory ?? stateFolder(options.name),
    subnet: await chooseSubnet(),
    rootfs,
    image: options.image ?? DEFAULT_IMAGE,
    hosts: [],
  };
  const state: LabState = { ...base, hosts: [...base.hosts, ...missingHosts(base.hosts, options, base.subnet)] };
  await writeState(state);
  await prepareMachine(namesOf(state).cgroup, state.subnet);
  return state;
}

async function chooseSubnet(): Promise<string> {
  const others = await Promise.all((await stateNames()).map(readState));
  const own = others.flatMap((lab) => (lab === undefined ? [] : [lab.subnet]));
  return freeSubnet([...(await usedNetworks()), ...(await subnetsOfMachine()), ...own]);
}

function refuseMove(before: LabState | undefined, options: CheckedOptions): void {
  if (before !== undefined && options.image !== undefined && before.image !== options.image)
    throw new KinitError(`Lab ${before.name} exists already, with hosts of another system`, {
      class: 'usage',
      found: `image ${before.image}`,
      hint: `Leave --image out, choose another name, or remove the lab first: kinit lab down --name ${before.name}`,
    });
  if (before === undefined || options.directory === undefined || before.directory === options.directory) return;
  throw new KinitError(`Lab ${before.name} exists already, in another folder`, {
    class: 'usage',
    found: before.directory,
    hint: `Leave the folder out, or remove the lab first: kinit lab down --name ${before.name}`,
  });
}

async function undo(
  lab: Lab,
  before: LabState | undefined,
  added: readonly LabHost[],
  options: CheckedOptions,
): Promise<void> {
  if (before === undefined) {
    await takeDown(lab.name, options.onProgress);
    return;
  }
  const all = await hierarchies();
  for (const host of added) {
    await removeCgroups(all, namesOf(lab).cgroup, host.name);
    await removeTree(hostFiles(lab.directory, host.name).folder);
  }
  await writeState(before);
}

/** Waits for all, then throws the first failure: nothing may still be working when it is undone. */
async function settle(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
