import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runLocal } from '../../ssh/local.js';
import { driverOf } from '../drivers/index.js';
import { hostFiles } from '../state/paths.js';
import { IMAGES } from '../images/index.js';
import { nameServerFile } from './resolvers.js';
import { removeTree } from '../commands/remove.js';
import { SUDO_USER } from '../rootfs/rootfs.js';
import type { Lab, LabHost } from '../types.js';

/** Makes the disk of a new host: its own names, keys and ids over the shared root file system. */
export async function makeHost(lab: Lab, host: LabHost, rootfs: string): Promise<void> {
  const files = hostFiles(lab.directory, host.name);
  await removeTree(files.folder);
  for (const folder of [files.folder, files.disk]) await mkdir(folder, { recursive: true, mode: 0o700 });
  // Seen as / inside: open to every user there.
  await mkdir(join(files.disk, 'upper'), { mode: 0o755 });
  await identity(lab, host, join(files.disk, 'upper'));
  await driverOf(host).makeDisk(lab, host, rootfs);
}

/** The line of known_hosts for a host. Its key is known because it was made here. */
export async function hostKeyLine(lab: Lab, host: LabHost): Promise<string> {
  const key = await readFile(join(hostFiles(lab.directory, host.name).folder, 'ssh_host_ed25519_key.pub'), 'utf8');
  return `${host.address} ${key.split(' ').slice(0, 2).join(' ').trim()}\n`;
}

async function identity(lab: Lab, host: LabHost, upper: string): Promise<void> {
  await mkdir(join(upper, 'etc/ssh'), { recursive: true });
  await writeFile(join(upper, 'etc/hostname'), `${host.name}\n`);
  await writeFile(
    join(upper, 'etc/hosts'),
    `127.0.0.1 localhost\n127.0.1.1 ${host.name}\n::1 localhost ip6-localhost ip6-loopback\n`,
  );
  await writeFile(join(upper, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
  const names = await nameServerFile(IMAGES[lab.image]);
  await mkdir(dirname(join(upper, names.path)), { recursive: true });
  await writeFile(join(upper, names.path), names.text);

  const key = join(upper, 'etc/ssh/ssh_host_ed25519_key');
  await runLocal('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `root@${host.name}`, '-f', key]);
  await copyFile(`${key}.pub`, join(hostFiles(lab.directory, host.name).folder, 'ssh_host_ed25519_key.pub'));

  const authorized = await readFile(`${lab.identityFile}.pub`, 'utf8');
  for (const home of ['root', `home/${SUDO_USER}`]) {
    await mkdir(join(upper, home, '.ssh'), { recursive: true, mode: 0o700 });
    await writeFile(join(upper, home, '.ssh/authorized_keys'), authorized, { mode: 0o600 });
  }
  await chmod(join(upper, 'home'), 0o755);
  // The first user of a Debian system has id 1000.
  await runLocal('chown', ['-R', '1000:1000', join(upper, `home/${SUDO_USER}`)]);
}
