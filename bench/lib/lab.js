import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { kinit } from './kinit.js';

/** Bare hosts for as long as `work(lab)` takes. One of that name that a killed run left is taken down first. */
export async function withLab({ name, hosts, memory = '2G', cpus = '2' }, work) {
  const down = () => kinit(['lab', 'down', '--name', name], { evenStopped: true });
  await down();
  try {
    await kinit(['lab', 'up', '--name', name, '--hosts', String(hosts), '--memory', memory, '--cpus', cpus]);
    return await work(await labNamed(name));
  } finally {
    await down();
  }
}

/** A lab that is there: its hosts, its login, and what its inventory says besides. */
async function labNamed(wanted) {
  const labs = (await kinit(['lab', 'list', '--output', 'json'])).stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const { directory } = labs.find(({ name }) => name === wanted);
  const file = join(directory, 'inventory.yaml');
  const inventory = parse(readFileSync(file, 'utf8'));
  // Whoever writes another inventory for these hosts says these for himself.
  const options = Object.fromEntries(
    Object.entries(inventory).filter(([key]) => !['hosts', 'ssh', 'name'].includes(key)),
  );
  const identityFile = join(directory, 'id_ed25519');
  return {
    file,
    identityFile,
    knownHostsFile: join(directory, 'known_hosts'),
    hosts: inventory.hosts.map(({ name, address, roles }) => ({ name, address, role: roles[0] })),
    key: readFileSync(identityFile, 'utf8'),
    options,
  };
}

/**
 * Writes an inventory of these hosts of a lab into a folder, with more options. @param roles of each; as the lab has them where it is absent
 * @returns its file
 */
export function writeInventory(lab, { folder, id, hosts = lab.hosts, roles = ({ role }) => [role], ...options }) {
  const file = join(folder, `${id}.yaml`);
  writeFileSync(
    file,
    stringify({
      ...lab.options,
      name: 'bench',
      ...options,
      ssh: { user: 'root', identityFile: lab.identityFile, knownHostsFile: lab.knownHostsFile },
      hosts: hosts.map((host) => ({ name: host.name, address: host.address, roles: roles(host) })),
    }),
  );
  return file;
}

/** A connection to every host, for as long as `work(connections)` takes. */
export async function onAll(lab, work) {
  const connections = [];
  try {
    for (const host of lab.hosts) connections.push(await connectTo(lab, host));
    return await work(connections);
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

/** As kinit connects to its hosts. Call `close` in the end. */
export async function connectTo(lab, { name, address }) {
  // Only where something is measured: what is built need not be there for the page.
  const { createConnector } = await import('../../dist/ssh/index.js');
  return createConnector()({
    host: name,
    address,
    port: 22,
    user: 'root',
    identityFile: lab.identityFile,
    knownHostsFile: lab.knownHostsFile,
    acceptNewHostKeys: false,
    connectTimeoutSeconds: 30,
    signal: AbortSignal.timeout(60_000),
  });
}

/** Runs sh text on a host as root, within a bound, and gives what it printed. Throws where it fails. */
export async function onHost(connection, script, { stdin, seconds = 300 } = {}) {
  const result = await connection.run(script, { timeoutSeconds: seconds, ...(stdin === undefined ? {} : { stdin }) });
  if (result.code === 0) return result.stdout;
  throw new Error(
    `on ${connection.host}: ${script}\nexit ${result.code}\n${result.stdout.slice(-3000)}\n${result.stderr.slice(-3000)}`,
  );
}

/** Text of an ssh configuration with which the stock ssh reaches hosts of a lab by their names, over one connection each. */
export function sshConfig(lab, hosts, controlFolder) {
  return hosts
    .map(
      ({ name, address, port = 22, key = address }) => `Host ${name}
  HostName ${address}
  Port ${port}
  User root
  IdentityFile ${lab.identityFile}
  IdentitiesOnly yes
  UserKnownHostsFile ${lab.knownHostsFile}
  HostKeyAlias ${key}
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 30
  ServerAliveInterval 15
  ControlMaster auto
  ControlPath ${controlFolder}/%n
  ControlPersist 600
`,
    )
    .join('\n');
}
