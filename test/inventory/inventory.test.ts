import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkInventory, formatProblem, loadInventory } from '../../src/inventory/index.js';
import { KinitError } from '../../src/model/error.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinit-inventory-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const GOOD = `hosts:
  - name: c1
    address: 10.0.0.1
    roles: [control-plane]
  - name: w1
    address: 10.0.0.2
`;

async function write(text: string): Promise<string> {
  const file = join(folder, 'inventory.yaml');
  await writeFile(file, text);
  return file;
}

/** Each problem as 'line:column: path: ...'. */
async function problems(text: string): Promise<string[]> {
  return (await checkInventory(await write(text))).map((problem) => formatProblem('f', problem).slice(2));
}

async function failure(file: string): Promise<KinitError> {
  const thrown: unknown = await loadInventory(file).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof KinitError)) throw new Error(`expected a KinitError, got ${String(thrown)}`);
  return thrown;
}

test('a good inventory gets its defaults and has no problem', async () => {
  const { spec, file } = await loadInventory(await write(GOOD));
  expect(file).toBe(join(folder, 'inventory.yaml'));
  expect(spec.kubernetesVersion).toBe('1.36.3');
  expect(spec.hosts[1]?.roles).toEqual(['worker']);
  expect(spec.network.podCIDR).toBe('10.244.0.0/16');
});

test('the port of a datastore is free where the control plane takes another one', async () => {
  const taken = `apiServer:\n  port: 2379\n${GOOD}`;
  expect(await problems(taken)).toEqual([expect.stringContaining('this is the port of etcd; choose another')]);
  expect(await problems(`controlPlane:\n  mode: embedded\n${taken}`)).toEqual([]);
});

test('a leading v of the version is dropped', async () => {
  expect((await loadInventory(await write(`kubernetesVersion: v1.35.1\n${GOOD}`))).spec.kubernetesVersion).toBe(
    '1.35.1',
  );
});

test('an unknown key: place, what is allowed, the nearest one, and no second error for the key it was meant to be', async () => {
  expect(await problems(GOOD.replace('    address: 10.0.0.2', '    adress: 10.0.0.2'))).toEqual([
    '6:5: hosts[1].adress: found the key "adress"; there is no such option here; allowed: name, address, internalAddress, roles, site, os, ssh, sudo, leftovers, labels, taints; did you mean "address"?',
  ]);
});

test('a key in the wrong section is led to the right one', async () => {
  const [problem] = await checkInventory(await write(`${GOOD}podCIDR: 10.1.0.0/16\n`));
  expect(problem).toMatchObject({ line: 7, column: 1, suggestion: 'network.podCIDR' });
});

test('a wrong word: the allowed ones and the nearest', async () => {
  expect(await problems(`${GOOD}proxyMode: nftable\n`)).toEqual([
    '7:12: proxyMode: found "nftable"; not one of the values that can stand here; allowed: auto, nftables, iptables, ipvs; did you mean "nftables"?',
  ]);
});

test('wrong types say what stands there and what to write', async () => {
  expect(
    await problems(`kubernetesVersion: 1.36\n${GOOD}ssh:\nparallel: "4"\nsysctls: { vm.swappiness: 0 }\nswap: true\n`),
  ).toEqual([
    '1:20: kubernetesVersion: found the number 1.36; must be a full version such as 1.36.3',
    '8:1: ssh: found nothing; must be a section (key: value); leave the key out for the default',
    '9:11: parallel: found "4"; must be a number: leave out the quotes',
    '10:27: sysctls."vm.swappiness": found the number 0; must be text: put it in quotes',
    '11:7: swap: found the truth value true; not one of the values that can stand here; allowed: off, keep',
  ]);
});

test('a missing key is shown at the section it is missing from', async () => {
  expect(await problems(`${GOOD}  - name: w2\n`)).toEqual([
    '7:5: hosts[2].address: found no such key; address is required: Where SSH reaches it: an IP address, a DNS name or a Host of ssh.configFile.',
  ]);
});

test('a name in upper case is led to the lower case', async () => {
  const [problem] = await checkInventory(await write(GOOD.replace('w1', 'Worker_1')));
  expect(problem).toMatchObject({ path: 'hosts[1].name', found: '"Worker_1"', suggestion: 'worker-1' });
});

test('mistakes of single values do not hide mistakes across fields', async () => {
  const text = `${GOOD}  - name: w1\n    address: 10.0.0.2\n    roles: [wrker]\nnetwork: { podCIDR: 10.96.0.0/16, plugn: none }\npki: { ca: { keyFile: a.key } }\n`;
  expect(
    (await checkInventory(await write(text))).map(({ path, message }) => `${path}: ${message.split(';')[0] ?? ''}`),
  ).toEqual([
    'hosts[2].name: hosts[1] has this name already',
    'hosts[2].address: w1 has this address and SSH port already',
    'hosts[2].roles[0]: not one of the values that can stand here',
    'network.serviceCIDR: overlaps network.podCIDR (10.96.0.0/16)',
    'network.plugn: there is no such option here',
    'pki.ca.certFile: certFile is required: CA certificate (PEM) on this machine.',
  ]);
});

test('a host with wrong roles is not also counted as missing control plane', async () => {
  expect(await checkInventory(await write(GOOD.replace('[control-plane]', '[control-plan]')))).toHaveLength(1);
});

test('values with aliases and merge keys are found where they stand', async () => {
  const text =
    'hosts:\n  - &base\n    name: c1\n    address: 10.0.0.1\n    roles: [control-plane]\n    ssh: &login { user: "" }\n  - name: w1\n    address: 10.0.0.2\n    ssh: *login\n';
  expect((await problems(text)).map((line) => line.split(':').slice(0, 2).join(':'))).toEqual(['6:25', '6:25']);
});

test('text that is not YAML: every error with its place', async () => {
  expect(await problems('name: a\nname: b\n')).toEqual([
    '2:1: found "name"; this key stands twice in the same section; keep one',
  ]);
  expect((await problems('hosts: [\n'))[0]).toMatch(/^2:1: found the end of the line; not valid YAML: /);
  expect((await problems('a:\n\tb: 1\n'))[0]).toContain('YAML is indented with spaces, not tabs');
  expect(await problems(`${GOOD}---\n${GOOD}`)).toEqual([
    '7:1: found a second YAML document (---); an inventory is one document',
  ]);
  expect((await problems('hosts: *nowhere\n'))[0]).toMatch(/^1:\d+: found .*nowhere/);
});

test.each([
  ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(GOOD, 'utf16le')])],
  ['UTF-16 without a mark', Buffer.from(GOOD, 'utf16le')],
  ['a compressed file', gzipSync(GOOD)],
])('%s is told as that, and nothing of it is repeated', async (_what, content) => {
  const file = join(folder, 'inventory.yaml');
  await writeFile(file, content);
  const found = (await checkInventory(file)).map((problem) => formatProblem('f', problem));
  expect(found).toEqual([expect.stringMatching(/^f:1:1: .*bytes that are no text in UTF-8.*UTF-16/)]);
});

test('a mark of UTF-8, as editors of Windows write it, is none of the text', async () => {
  expect(await problems(`\uFEFF${GOOD}`)).toEqual([]);
});

test('an empty file and a file of comments', async () => {
  const text =
    '1:1: found an empty file; an inventory needs at least hosts: with one entry; inventory.example.yaml shows all';
  expect(await problems('')).toEqual([text]);
  expect(await problems('# nothing yet\n')).toEqual([text]);
});

test('a list where sections belong', async () => {
  expect(await problems('- a\n- b\n')).toEqual(['1:1: found a list; must be a section (key: value)']);
});

test('a pasted key does not show up in the error', async () => {
  const [text] = await problems(`${GOOD}proxyMode: |\n  -----BEGIN PRIVATE KEY-----\n  c2VjcmV0\n`);
  expect(text).toContain('found a text of several lines');
  expect(text).not.toContain('c2VjcmV0');
});

test('loadInventory throws all problems as one error that says no host was touched', async () => {
  const error = await failure(await write(`${GOOD}a: 1\nb: 2\n`));
  expect(error.exitCode).toBe(11);
  expect(error.message).toMatch(/has 2 problems$/);
  expect(error.context.found?.split('\n')).toHaveLength(2);
  expect(error.context.found).toMatch(/inventory\.yaml:7:1: a: found the key "a"/);
  expect(error.context.hint).toContain('No host was touched');
});

test('no file: the way to one', async () => {
  const error = await failure(join(folder, 'absent.yaml'));
  expect(error.context.class).toBe('inventory');
  expect(error.context.hint).toMatch(/inventory\.example\.yaml.*kinit lab up/);
  expect((await failure(folder)).context.found).toBe('it is a folder');
});

test('paths start from the inventory and ~ is the home folder', async () => {
  await writeFile(join(folder, 'id'), '');
  const { spec } = await loadInventory(
    await write(
      `${GOOD.replace('  - name: w1', '    ssh: { identityFile: ./id }\n  - name: w1')}ssh: { identityFile: id }\n`,
    ),
  );
  expect(spec.ssh.identityFile).toBe(join(folder, 'id'));
  expect(spec.hosts[0]?.ssh?.identityFile).toBe(join(folder, 'id'));
  expect(spec.ssh.knownHostsFile).toBe(join(homedir(), '.ssh/known_hosts'));
});

test('a host whose name is wrong is called by its place', async () => {
  const found = await problems(
    `${GOOD.replace('name: w1', 'name: W_1')}  - name: w2\n    address: 10.0.0.2\nnetwork: { podCIDR: 10.0.0.2/32 }\n`,
  );
  expect(found.join('\n')).toContain('hosts[1] has this address and SSH port already');
  expect(found.join('\n')).toContain('contains the address of hosts[1] (10.0.0.2)');
});

test('keys that are none are found, and nothing else says so', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  expect((await problems(`${GOOD}? [a, b]\n: 1\n`)).length).toBeGreaterThan(0);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

test('a CA file has certificates in it, and no key', async () => {
  await writeFile(join(folder, 'text.crt'), 'hello\n');
  await writeFile(join(folder, 'own.key'), '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n');
  const found = await problems(
    `${GOOD}runtime: { registryMirrors: [{ registry: quay.io, endpoints: ["https://m"], caFile: text.crt }], registries: [{ registry: r.example, caFile: own.key }] }\n`,
  );
  expect(found).toHaveLength(2);
  expect(found[0]).toMatch(/registryMirrors\[0\]\.caFile.*text\.crt holds no certificate in PEM form$/);
  expect(found[1]).toMatch(/registries\[0\]\.caFile.*own\.key holds a private key: it would be written where/);
});

test('a login in an address is refused, and not repeated', async () => {
  const found = await problems(`${GOOD}artifacts: { baseUrl: "https://me:s3cret@files.example" }\n`);
  expect(found).toEqual([expect.stringContaining('me:[redacted]@files.example"; must have no login in it')]);
  expect((await problems(`${GOOD}proxy: { http: "http://me:s3cret@p:3128 }\n`)).join()).not.toContain('s3cret');
});

test('files that are named must be there', async () => {
  const text = `${GOOD}ssh: { identityFile: nokey }\npki: { ca: { certFile: ., keyFile: ca.key } }\nruntime: { registryMirrors: [{ registry: docker.io, endpoints: ["https://m"], caFile: m.crt }], registries: [{ registry: r.example, username: me, passwordFile: r.pw, caFile: r.crt }] }\n`;
  const found = (await checkInventory(await write(text))).map(
    ({ path, message }) => `${path}: ${message.replace(folder, '.')}`,
  );
  expect(found).toEqual([
    'ssh.identityFile: ./nokey: there is no such file',
    'pki.ca.certFile: .: this is not a file',
    'pki.ca.keyFile: ./ca.key: there is no such file',
    'runtime.registryMirrors[0].caFile: ./m.crt: there is no such file',
    'runtime.registries[0].passwordFile: ./r.pw: there is no such file',
    'runtime.registries[0].caFile: ./r.crt: there is no such file',
  ]);
});

test('a key without a value: what to do about it, as far as the option lets one', async () => {
  const found = await problems(
    `hosts:\n  - name: c1\n    address:\n    roles: [control-plane]\n    site:\nssh:\nswap:\n`,
  );
  expect(found.map((line) => line.replace(/^[\d:]+ /, ''))).toEqual([
    expect.stringMatching(/^hosts\[0\]\.address: .*must be text$/),
    expect.stringMatching(/^hosts\[0\]\.site: .*must be text; or leave the key out$/),
    expect.stringMatching(/^ssh: .*; leave the key out for the default$/),
    expect.stringMatching(/^swap: /),
  ]);
});

test('files of SSH: one that is named must be there, the usual one and known_hosts may come later', async () => {
  const said = async (ssh: string): Promise<string> => (await problems(`${GOOD}ssh: { ${ssh} }\n`)).join('\n');
  expect(await said('configFile: nope')).toMatch(/ssh\.configFile: .*nope: there is no such file$/);
  expect(await said('knownHostsFile: /tmp')).toMatch(/ssh\.knownHostsFile: .*\/tmp: this is a folder$/);
  expect(await said('configFile: /tmp')).toMatch(/ssh\.configFile: .*this is a folder$/);
  expect(await said('configFile: none, knownHostsFile: nope')).toBe('');
  expect(await said('configFile: /dev/null, knownHostsFile: /dev/null')).toBe('');
  const home = process.env['HOME'];
  try {
    // Without a ~/.ssh at all.
    process.env['HOME'] = join(folder, 'nobody');
    expect(await said('port: 22')).toBe('');
  } finally {
    process.env['HOME'] = home;
  }
  expect(await problems(`${GOOD}artifacts: { source: bundle, bundleFile: /tmp }\n`)).toEqual([
    expect.stringMatching(/artifacts\.bundleFile: .*this is a folder$/),
  ]);
});
