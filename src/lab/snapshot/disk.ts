import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocal } from '../../ssh/local.js';
import { NAME_SERVER_FILES } from '../host/resolvers.js';
import { SUDO_USER } from '../rootfs/rootfs.js';

/** What a host was given when it was made, or grew by itself, and the next one must not have. */
const OWN = [
  'upper/etc/hostname',
  'upper/etc/hosts',
  'upper/etc/machine-id',
  'upper/etc/ssh',
  ...NAME_SERVER_FILES.map((path) => `upper/${path}`),
  'upper/root/.ssh',
  `upper/home/${SUDO_USER}/.ssh`,
  'var/log/journal',
  'var/lib/systemd/random-seed',
  'var/lib/kinit/binaries',
];

/**
 * Copies the disk of a host that is switched off into a folder, without what makes it this host: `upper` over the root
 * file system it stands on, and `var`.
 */
export async function keepDisk(disk: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const part of ['upper', 'var']) await copyTree(join(disk, part), join(to, part));
  for (const path of OWN) await rm(join(to, path), { recursive: true, force: true });
}

/** With owners, times and the marks of overlayfs; without copying bytes where the file system can share them. */
export async function copyTree(from: string, to: string): Promise<void> {
  await runLocal('cp', ['-a', '--reflink=auto', from, to], { timeoutSeconds: 300 });
}
