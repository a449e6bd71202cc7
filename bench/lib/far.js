import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { sshConfig } from './lab.js';
import { openRelay } from './relay.js';

/** A host that is far away: each way takes so long, and so much gets through. */
export const DELAY_MS = 25;
export const BYTES_PER_SECOND = 1e9;

/** A relay to the first host of a lab, for as long as `work(relay)` takes; to one that is far away where nothing else is said. */
export async function throughRelay(lab, work, { delayMs = DELAY_MS, bytesPerSecond = BYTES_PER_SECOND } = {}) {
  const relay = await openRelay({
    host: lab.hosts[0].address,
    port: 22,
    delayMs,
    bytesPerSecond,
  });
  try {
    return await work(relay);
  } finally {
    await relay.close();
  }
}

/** An inventory, with more options, and an ssh configuration that lead to the lab's host, through the relay where its port is given. @param roles of the host */
export function wayTo(lab, folder, relayPort, { roles, ...options } = {}) {
  const [{ name, address, role }] = lab.hosts;
  mkdirSync(folder);
  const config = join(folder, 'ssh_config');
  const relayed = relayPort === undefined ? {} : { address: '127.0.0.1', port: relayPort };
  writeFileSync(config, sshConfig(lab, [{ name, address, key: address, ...relayed }], folder));
  const inventory = join(folder, 'inventory.yaml');
  const seenAs = relayPort === undefined ? address : `[127.0.0.1]:${relayPort}`;
  const key = readFileSync(lab.knownHostsFile, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${address} `));
  if (key === undefined) throw new Error(`${lab.knownHostsFile} has no key of ${address}`);
  writeFileSync(join(folder, 'known_hosts'), `${seenAs}${key.slice(address.length)}\n`);
  const ssh = { user: 'root', identityFile: lab.identityFile, knownHostsFile: 'known_hosts' };
  const host = {
    ...{ name, address, roles: roles ?? [role] },
    ...(relayPort === undefined ? {} : { address: '127.0.0.1', internalAddress: address, ssh: { port: relayPort } }),
  };
  writeFileSync(inventory, stringify({ ...lab.options, name: 'bench', ...options, ssh, hosts: [host] }));
  return { config, inventory };
}
