import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  expect(await problems('datastore: sqlite')).toEqual([expect.stringMatching(/does not go with[^]*allowed: etcd, external-etcd$/)]);
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
