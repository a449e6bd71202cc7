// An sshd for tests of the SSH engine, where none is installed: Debian's, unpacked and not installed, for a package of it would leave
// this machine with a service that listens.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const INSTALLED = '/usr/sbin/sshd';
/** With the libraries that Debian's minimal systems lack; named differently in its releases. */
const PACKAGES = ['openssh-server', 'libwrap0', 'libnsl2', 'libtirpc3', 'libtirpc3t64'];

const cache = process.env.XDG_CACHE_HOME?.startsWith('/') ? process.env.XDG_CACHE_HOME : path.join(homedir(), '.cache');
/** Where it lies unpacked; test/e2e/support/access/sshd.ts looks there. */
export const UNPACKED = path.join(cache, 'kinit', 'tools', 'sshd');

/** Fetches it where there is none; whether there is one then. */
export function fetchSshd() {
  if (existsSync(INSTALLED) || existsSync(path.join(UNPACKED, INSTALLED))) return true;
  console.log('fetching an sshd for tests (openssh-server, not installed)');
  mkdirSync(path.dirname(UNPACKED), { recursive: true });
  const folder = mkdtempSync(`${UNPACKED}.new-`);
  try {
    // apt's own user may not write there.
    for (const name of PACKAGES) run('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', name], folder);
    for (const deb of readdirSync(folder).filter((name) => name.endsWith('.deb')))
      run('dpkg-deb', ['-x', deb, 'root'], folder);
    if (existsSync(path.join(folder, 'root', INSTALLED))) renameSync(path.join(folder, 'root'), UNPACKED);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return existsSync(path.join(UNPACKED, INSTALLED));
}

function run(command, args, cwd) {
  spawnSync(command, args, { cwd, stdio: 'ignore', timeout: 120_000 });
}
