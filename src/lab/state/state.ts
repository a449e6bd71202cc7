import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defined } from '../../model/defined.js';
import { DEFAULT_DRIVER, DRIVER_NAMES } from '../drivers/names.js';
import { DEFAULT_IMAGE, IMAGE_NAMES } from '../images/names.js';
import { earlierLabNames, labNames, labsFolder } from './paths.js';
import type { LabNames } from './paths.js';
import type { Lab } from '../types.js';

const stateSchema = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  name: z.string(),
  directory: z.string(),
  subnet: z.string(),
  /** From version 2 on: the folder of all labs when this one was made. It is part of the lab's names on the machine. */
  owner: z.string().exactOptional(),
  /** Root file system its hosts stand on; not deleted while a lab names it. */
  rootfs: z.string(),
  // Labs of earlier versions name none.
  image: z.enum(IMAGE_NAMES).default(DEFAULT_IMAGE),
  hosts: z.array(
    z.object({
      name: z.string(),
      address: z.string(),
      roles: z.array(z.enum(['control-plane', 'worker'])).readonly(),
      cpus: z.number(),
      memoryMB: z.number(),
      diskMB: z.number().exactOptional(),
      // Labs of earlier versions name none.
      driver: z.enum(DRIVER_NAMES).default(DEFAULT_DRIVER),
      snapshot: z.string().exactOptional(),
      productUuid: z.string().exactOptional(),
    }),
  ),
});

/** What is written before anything is made, so that a lab that was killed half way can be taken down. */
export type LabState = z.output<typeof stateSchema>;

export function stateFolder(name: string): string {
  return join(labsFolder(), name);
}

/** undefined when there is no such lab, or its state cannot be read: what follows from the name can still be removed. */
export async function readState(name: string): Promise<LabState | undefined> {
  const text = await readFile(join(stateFolder(name), 'lab.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export async function writeState(state: LabState): Promise<void> {
  const folder = stateFolder(state.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'lab.json');
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Names of all labs of this user, also of those whose state cannot be read. */
export async function stateNames(): Promise<string[]> {
  const entries = await readdir(labsFolder(), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

export function toLab(state: LabState): Lab {
  const { name, directory, subnet, image, hosts, owner } = state;
  return {
    name,
    directory,
    subnet,
    image,
    hosts,
    ...defined({ owner }),
    inventoryFile: join(directory, 'inventory.yaml'),
    identityFile: join(directory, 'id_ed25519'),
    knownHostsFile: join(directory, 'known_hosts'),
  };
}

/** Names of what a lab owns on the machine. */
export function namesOf(lab: { readonly name: string; readonly owner?: string }): LabNames {
  return lab.owner === undefined ? earlierLabNames(lab.name) : labNames(lab.name, lab.owner);
}
