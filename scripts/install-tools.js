// What the tests need besides Node.js and Go: installs Debian's packages that are missing, as root where apt-get is there.
// An sshd is unpacked where none is installed; what needs it says when there is none.
// Ends with code 3 where something stays missing, and names it.
import { spawnSync } from 'node:child_process';
import { fetchSshd } from './lib/sshd.js';

/** Commands, and the packages that bring them. */
const TOOLS = { shellcheck: 'shellcheck', busybox: 'busybox', dash: 'dash' };

const missing = () => Object.keys(TOOLS).filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
const packages = missing().map((tool) => TOOLS[tool]);
if (packages.length > 0 && process.getuid?.() === 0) {
  console.log(`installing ${packages.join(', ')}`);
  // The package lists of a new machine may be missing or old.
  if (!apt('install', '-y', '--no-install-recommends', ...packages)) {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...packages);
  }
}
if (process.getuid?.() === 0) fetchSshd();
const left = missing();
if (left.length > 0) {
  console.log(
    `not on this machine: ${left.join(', ')}; to have them: apt-get install ${left.map((tool) => TOOLS[tool]).join(' ')}`,
  );
  process.exitCode = 3;
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-q', ...args], { stdio: 'inherit', timeout: 300_000, env }).status === 0;
}
