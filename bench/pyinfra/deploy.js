import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from '../lib/kinit.js';

const PREPARE = fileURLToPath(new URL('prepare.py', import.meta.url));

/** Prepares a lab's hosts by pyinfra, which connects to all of them at once; seconds that took. */
export function deploy(bin, lab, folder) {
  mkdirSync(folder);
  const inventory = join(folder, 'hosts.py');
  const data = {
    ssh_user: 'root',
    ssh_key: lab.identityFile,
    ssh_known_hosts_file: lab.knownHostsFile,
    ssh_strict_host_key_checking: 'yes',
    // What belongs to the machine that the hosts share is left alone by all.
    turn_swap_off: lab.options.swap !== 'keep',
    set_selinux: lab.options.selinux !== 'keep',
  };
  const hosts = lab.hosts.map(({ name, address }) => [address, { ...data, node_name: name, node_address: address }]);
  writeFileSync(
    inventory,
    `import json\n\nhosts = [tuple(each) for each in json.loads(r'''${JSON.stringify(hosts)}''')]\n`,
  );
  return async ({ changes }) => {
    const args = ['--kill-after=10', '600', join(bin, 'pyinfra'), '-y', inventory, PREPARE];
    const { stdout, stderr, ms } = await program('timeout', args, { cwd: folder, env: { NO_COLOR: '1' } });
    checkResults(`${stdout}\n${stderr}`, changes);
    return ms / 1000;
  };
}

/** A run that did not do what it was to do has no time worth telling. */
function checkResults(said, changes) {
  const [, success, errors] = /Grand total +\d+ +(\d+|-) +(\d+|-) +(?:\d+|-)/.exec(said) ?? [];
  const right = changes ? Number(success) > 0 : success === '-';
  if (!right || errors !== '-')
    throw new Error(`pyinfra, ${changes ? 'cold' : 'nothing to change'}:\n${said.slice(-3000)}`);
}
