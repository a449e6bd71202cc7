import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { runLocal } from '../../ssh/local.js';
import { driverOf } from '../drivers/index.js';
import { labTitle } from '../images/index.js';
import { cgroupVersion, hierarchies } from '../host/cgroup.js';
import { hostKeyLine } from '../host/host.js';
import { addToInventory, renderInventory, type InventoryOptions } from '../state/inventory.js';
import type { Lab } from '../types.js';

/** The lab's key pair; an existing one is kept. */
export async function makeKey(lab: Lab): Promise<void> {
  await mkdir(lab.directory, { recursive: true, mode: 0o700 });
  if ((await read(`${lab.identityFile}.pub`)) !== undefined) return;
  // ssh-keygen makes the private key 0600 from its first byte. It asks before it overwrites one, so a half-made pair goes first.
  await runLocal('rm', ['-f', lab.identityFile]);
  await runLocal('ssh-keygen', [
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-C',
    `kinit lab ${lab.name}`,
    '-f',
    lab.identityFile,
  ]);
}

/** The keys of all hosts, known from their making: even the first login is verified. */
export async function writeKnownHosts(lab: Lab): Promise<void> {
  const keys = await Promise.all(lab.hosts.map((host) => hostKeyLine(lab, host)));
  await replace(lab.knownHostsFile, keys.join(''));
}

/** inventory.yaml; one that is there only gets the missing hosts. */
export async function writeInventory(lab: Lab): Promise<void> {
  const before = await read(lab.inventoryFile);
  const after =
    before === undefined
      ? renderInventory(lab.hosts, { lab: lab.name, system: labTitle(lab), ...(await sharedKernel(lab)) })
      : addToInventory(before, lab.hosts, lab.inventoryFile);
  if (after !== before) await replace(lab.inventoryFile, after);
}

/** What hosts share with this machine; nothing where each has a kernel of its own. */
async function sharedKernel(lab: Lab): Promise<Pick<InventoryOptions, 'shared'>> {
  if (lab.hosts.every((host) => driverOf(host).ownKernel)) return {};
  const swapOn = ((await read('/proc/swaps')) ?? '').trim().split('\n').length > 1;
  return { shared: { cgroupVersion: cgroupVersion(await hierarchies()), swapOn } };
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
