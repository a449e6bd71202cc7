import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { checkInventory, formatProblem } from '../../src/inventory/index.js';

/** What is wrong with an inventory of one control-plane host and these lines. */
async function problems(...lines: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kinit-inventory-'));
  try {
    const file = join(folder, 'inventory.yaml');
    await writeFile(file, ['hosts: [{name: c1, address: 10.0.0.1, roles: [control-plane]}]', ...lines].join('\n'));
    return (await checkInventory(file)).map((problem) => formatProblem('', problem));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const EMBEDDED = 'controlPlane: {mode: embedded}';
const server = (fields: string): string => `datastoreServer: {${fields}}`;

test('each form of the control plane takes its datastores', async () => {
  expect(await problems(EMBEDDED, 'datastore: etcd')).toEqual([]);
  expect(await problems('datastore: sqlite')).toEqual([
    expect.stringMatching(/does not go with[^]*allowed: etcd, external-etcd$/),
  ]);
  expect(
    await problems(EMBEDDED, 'datastore: postgresql', server('url: "postgres://kinit@db.test/kubernetes"')),
  ).toEqual([]);
});

test('one outside of the cluster needs its address, the others have none', async () => {
  expect(await problems(EMBEDDED, 'datastore: mysql')).toEqual([expect.stringMatching(/mysql needs to know where/)]);
  expect(await problems(EMBEDDED, server('url: "mysql://kinit@db.test/kubernetes"'))).toEqual([
    expect.stringMatching(/is for a datastore outside of the cluster only: postgresql, mysql, external-etcd/),
  ]);
});

test('a password in the URL is refused, and not repeated', async () => {
  const said = await problems(EMBEDDED, 'datastore: mysql', server('url: "mysql://kinit:s3cret@db.test/kubernetes"'));
  expect(said).toEqual([expect.stringMatching(/datastoreServer\.url: must not hold the password: [^]*passwordFile/)]);
  expect(said.join()).not.toContain('s3cret');
});

test('files that it names must be there, and a certificate has its key', async () => {
  const said = await problems(
    EMBEDDED,
    'datastore: mysql',
    server('url: "mysql://kinit@db.test/kubernetes", caFile: none.crt, passwordEnv: P, passwordFile: p, certFile: c'),
  );
  expect(said.join('\n')).toMatch(/two places for one password/);
  expect(said.join('\n')).toMatch(/needs both of certFile and keyFile/);
  expect(said.join('\n')).toMatch(/datastoreServer\.caFile[^]*there is no such file/);
});

test('an etcd outside goes with both forms; what is wrong with it is told where it stands', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kinit-inventory-'));
  const [certificate = ''] = rootCertificates;
  await Promise.all(['ca', 'crt', 'key'].map((name) => writeFile(join(folder, name), certificate)));
  const files = ['ca', 'crt', 'key'].map(
    (name) => `  ${name === 'ca' ? 'caFile' : name === 'crt' ? 'certFile' : 'keyFile'}: ${join(folder, name)}`,
  );
  const lines = (...urls: string[]): string[] => [
    'datastore: external-etcd',
    'datastoreServer:',
    '  urls:',
    ...urls.map((url) => `    - ${url}`),
    ...files,
  ];
  expect(await problems(...lines('https://10.0.0.21:2379', 'https://10.0.0.22:2379'))).toEqual([]);
  expect(await problems(EMBEDDED, ...lines('https://10.0.0.21:2379'), '  prefix: /clusters/one')).toEqual([]);
  expect(await problems(...lines('https://10.0.0.21:2379', 'https://u:s3cret@10.0.0.22:2379'))).toEqual([
    expect.stringMatching(/^:6:7: datastoreServer\.urls\[1\]: must hold no user and no password/),
  ]);
  expect(await problems(...lines('http://10.0.0.21:2379'))).toEqual([
    expect.stringMatching(/^:5:7: datastoreServer\.urls\[0\]: must begin with https/),
  ]);
  expect(await problems(...lines('https://10.0.0.21:2379').filter((line) => !line.includes('keyFile')))).toEqual([
    expect.stringMatching(/^:3:1: datastoreServer: [^]*needs both of certFile and keyFile/),
  ]);
  expect(await problems(...lines('https://10.0.0.21:2379'), 'backups: {every: 6h}')).toEqual([
    expect.stringMatching(/backups: an etcd outside of the cluster is looked after by its own tools/),
  ]);
  expect(await problems(...lines('https://10.0.0.21:2379'), 'etcd: {extraArgs: {quota-backend-bytes: "1"}}')).toEqual([
    expect.stringMatching(/etcd\.extraArgs: has no effect with datastore: external-etcd/),
  ]);
  await rm(folder, { recursive: true });
});

test('a database has one place, and no prefix', async () => {
  const said = await problems(
    EMBEDDED,
    'datastore: mysql',
    server('url: "mysql://kinit@db.test/kubernetes", urls: ["mysql://kinit@db.test/kubernetes"], prefix: /one'),
  );
  expect(said).toEqual([
    expect.stringMatching(/datastoreServer\.urls: a database has one place/),
    expect.stringMatching(/datastoreServer\.prefix: a database has none/),
  ]);
});

test('what is written is followed where the datastore has a way for that', async () => {
  const followed = 'backups: {follower: litestream}';
  expect(await problems(EMBEDDED, followed)).toEqual([]);
  expect(await problems(followed)).toEqual([
    expect.stringMatching(/does not go with this datastore \(etcd\)[^]*allowed: with datastore sqlite$/),
  ]);
});
