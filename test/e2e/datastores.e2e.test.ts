import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { smallDisk, testDatastoreCare } from './support/datastore-care.js';
import { testExternalEtcd } from './support/external-etcd.js';
import { all, eventually, kinit, kinitEvents, kinitOk, lab, type LabHandle } from './support/kinit.js';
import { preparedHosts } from './support/prepared.js';
import { startKinit } from './support/running.js';

/** All of it by `npm run test:datastores`; the test command has the time for a member of etcd in the process. */
const ALL = process.env['KINIT_TEST_DATASTORES'] === 'all';

/** Other datastores of a control plane in one process than its usual one, on one host; the second is no host of the cluster, the third of one test only. */
let cluster: LabHandle;

beforeAll(async () => {
  cluster = await lab('datastores', { hosts: ALL ? 3 : 2, snapshot: await preparedHosts() });
});

afterAll(async () => {
  await cluster.down();
});

interface LabHost {
  readonly name: string;
  readonly address: string;
}

const labInventory = (): { readonly hosts: readonly LabHost[] } =>
  parse(readFileSync(cluster.inventory, 'utf8')) as { readonly hosts: readonly LabHost[] };

/** The lab's inventory with these hosts as control planes, and with more options. */
function inventoryOf(name: string, names: readonly string[], more: Readonly<Record<string, unknown>>): string {
  const file = join(dirname(cluster.inventory), `${name}.yaml`);
  const { hosts, ...others } = labInventory();
  const chosen = hosts
    .filter((host) => names.includes(host.name))
    .map((host) => ({ ...host, roles: ['control-plane', 'worker'] }));
  writeFileSync(file, stringify({ ...others, hosts: chosen, ...more }));
  return file;
}

/** With the first host only, and its control plane in one process. */
const inventory = (name: string, more: Readonly<Record<string, unknown>>): string =>
  inventoryOf(name, ['node1'], { controlPlane: { mode: 'embedded' }, ...more });

const server = async (what: string): Promise<string> =>
  (await cluster.sh('node1', `systemctl show -p ${what} --value kinit-server`)).stdout.trim();

describe('etcd in the process of the server', () => {
  const ETCD = '/var/lib/etcd';
  const withEtcd = (): string => inventory('etcd', { datastore: 'etcd' });

  test('init makes a cluster on it, with the certificates and the addresses that a member of several has', async () => {
    await smallDisk(cluster, ETCD, '640m');
    await kinitOk(['init', '-i', withEtcd()]);
    const { stdout } = await cluster.sh(
      'node1',
      `cd /etc/kubernetes/pki/etcd && etcdctl --endpoints https://127.0.0.1:2379 --cacert ca.crt --cert healthcheck-client.crt \\
         --key healthcheck-client.key member list -w json
       stat -c '%a %U' ${ETCD}; ps -eo comm= | grep -c '^etcd'
       printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 5 openssl s_client -quiet -connect 127.0.0.1:2379 -CAfile ca.crt 2>&1 | grep -c 'certificate required'
       printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' | timeout 5 bash -c 'exec 3<> /dev/tcp/127.0.0.1/2381; cat >&3; head -n 1 <&3'`,
      { reject: false },
    );
    const [list = '', ...rest] = stdout.trim().split('\n');
    const { members } = JSON.parse(list) as { members: readonly { name: string; peerURLs: string[] }[] };
    expect(members).toMatchObject([{ name: 'node1', peerURLs: [expect.stringMatching(/^https:\/\/10\..*:2380$/)] }]);
    expect(rest.map((line) => line.trim())).toEqual(['700 etcd', '0', '1', expect.stringContaining('200 OK')]);
    const again = await kinitEvents(['init', '-i', withEtcd()]);
    expect({ code: again.code, applied: all(again.events, 'change-applied') }).toEqual({ code: 0, applied: [] });
  });

  if (ALL)
    test('another datastore is refused on the living cluster, with both values and the way', async () => {
      const { code, stderr } = await kinit(['init', '-i', inventory('sqlite', { datastore: 'sqlite' })]);
      expect({ code, stderr }).toEqual({
        code: 20,
        stderr: expect.stringMatching(/datastore[^]*etcd[^]*sqlite/) as string,
      });
    });

  test('killed at once, it comes back with what was acknowledged', async () => {
    await cluster.sh(
      'node1',
      `kubectl --kubeconfig /etc/kubernetes/admin.conf create configmap written --from-literal=by=test && kill -KILL ${await server('MainPID')}`,
    );
    await eventually('the API answers again', 90, () => cluster.kubectl('get --raw /readyz'));
    expect(await cluster.kubectl("get configmap written -o jsonpath='{.data.by}'")).toBe('test');
  });

  // Written once: what these tests add to it stays.
  let looked: string | undefined;
  if (ALL)
    testDatastoreCare({
      cluster: () => cluster,
      inventory: () => (looked ??= withEtcd()),
      folder: ETCD,
      readKept: 'etcdutl snapshot status -w json $KEPT/member/snap/db',
      tear: `systemctl kill -s KILL kinit-server; systemctl stop kinit-server; cd ${ETCD}/member &&
        dd if=/dev/zero of=snap/db bs=4096 count=4 conv=notrunc && systemctl start --no-block kinit-server`,
      torn: /the data of etcd are damaged: /,
      gone: /there are none of the data of etcd: .*has none of the data that the cluster has had/,
      shows: /node1 +leader[^]*syncs of etcd's log/,
    });
});

if (ALL)
  describe('from SQLite to etcd', () => {
    const sqlite = (): string => inventory('from-sqlite', { datastore: 'sqlite' });
    const etcd = (): string => inventory('to-etcd', { datastore: 'etcd' });
    const before = (): string => join(dirname(cluster.inventory), 'before.backup');

    /** With an inventory that is not the cluster's. */
    async function refusesData(other: string, said: RegExp): Promise<void> {
      for (const command of [['restore', before(), '--stop', '--yes'], ['status'], ['compact']]) {
        const { code, stderr } = await kinit(['datastore', ...command, '-i', other]);
        expect({ code, stderr }).toEqual({ code: 20, stderr: expect.stringMatching(said) as string });
      }
    }

    test('killed in the middle and run again, it has every object, and what watched goes on', async () => {
      await kinitOk(['reset', '--yes', '-i', etcd()]);
      await cluster.sh('node1', 'umount /var/lib/etcd || true');
      await kinitOk(['init', '-i', sqlite()]);
      await cluster.kubectl('create configmap kept --from-literal=is=there');
      await kinitOk(['datastore', 'backup', '--file', before(), '--yes', '-i', sqlite()]);
      // Not yet: what is there is told, and not that files of etcd are missing.
      await refusesData(etcd(), /datastore sqlite, and the inventory says etcd/);
      const keys = async (): Promise<string> =>
        (await cluster.kubectl('get configmaps,secrets,serviceaccounts,clusterroles -A -o name')).trim();
      const held = await keys();
      const running = await cluster.kubectl("get pods -A -o jsonpath='{.items[*].metadata.uid}'");
      const cut = startKinit(['datastore', 'migrate', '--yes', '-i', etcd()]);
      await cut.until(/converting the data/);
      cut.signal('SIGKILL');
      await cut.ended();
      const { code, stdout, stderr } = await kinit(['datastore', 'migrate', '--yes', '-i', etcd()]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/from SQLite to etcd, \d+ keys/);
      expect(await keys()).toBe(held);
      expect(await cluster.kubectl("get pods -A -o jsonpath='{.items[*].metadata.uid}'")).toBe(running);
      expect((await cluster.sh('node1', 'ls /var/lib/kinit-datastore')).stdout).not.toMatch(/^state\.db/m);
      const again = await kinitEvents(['init', '-i', etcd()]);
      expect({ code: again.code, applied: all(again.events, 'change-applied') }).toEqual({ code: 0, applied: [] });
      // A controller that missed the change of datastore would wait for ever.
      await cluster.kubectl('create deployment later --image=kinit.local/none:1 --replicas=1');
      await eventually('a controller to make its pod', 60, async () =>
        (await cluster.kubectl('get pods -l app=later -o name')) === '' ? undefined : true,
      );
    });

    test('the way back is refused, with both values', async () => {
      await refusesData(sqlite(), /datastore etcd, and the inventory says sqlite/);
      await refusesData(inventory('pods', { controlPlane: 'static-pods', datastore: 'etcd' }), /controlPlane embedded/);
      expect((await cluster.sh('node1', 'ls /var/lib/kinit-datastore')).stdout).not.toMatch(/^state\.db/m);
      const { code, stderr } = await kinit(['init', '-i', sqlite()]);
      expect({ code, stderr }).toEqual({
        code: 20,
        stderr: expect.stringMatching(/datastore[^]*etcd[^]*sqlite/) as string,
      });
    });

    test('reset takes the data of both, and a new cluster of either begins', async () => {
      await kinitOk(['reset', '--yes', '-i', etcd()]);
      const { stdout } = await cluster.sh('node1', 'find /var/lib/etcd /var/lib/kinit-datastore -mindepth 1', {
        reject: false,
      });
      expect(stdout).toBe('');
      expect((await kinit(['plan', '-i', etcd()])).code).toBe(0);
    });
  });

if (ALL)
  describe('PostgreSQL outside of the cluster', () => {
    const PASSWORD = 'n0t-for/any@one:else';
    let address: string;
    let folder: string;

    /** @param server options that differ, undefined: left out; @param password what stands in its file */
    function withDatabase(name: string, server: Readonly<Record<string, unknown>> = {}, password = PASSWORD): string {
      writeFileSync(join(folder, `${name}.password`), `${password}\n`, { mode: 0o600 });
      const usual = {
        url: `postgres://kinit@${address}/kubernetes`,
        passwordFile: `${name}.password`,
        caFile: 'database-ca.crt',
      };
      const kept = Object.entries({ ...usual, ...server }).filter(([, value]) => value !== undefined);
      return inventory(name, { datastore: 'postgresql', datastoreServer: Object.fromEntries(kept) });
    }

    beforeAll(async () => {
      const { hosts } = parse(readFileSync(cluster.inventory, 'utf8')) as { hosts: readonly { address: string }[] };
      address = hosts[1]?.address ?? '';
      folder = dirname(cluster.inventory);
      await cluster.sh('node2', databaseScript(address, PASSWORD), { timeoutSeconds: 300 });
      writeFileSync(join(folder, 'database-ca.crt'), (await cluster.sh('node2', 'cat /etc/postgresql/ca.crt')).stdout);
      await kinitOk(['reset', '--yes', '-i', inventory('before', { datastore: 'etcd' })]);
      await cluster.sh('node1', 'umount /var/lib/etcd || true');
    });

    test('a server that is not known, or where nothing listens, is told by preflight', async () => {
      const unknown = await kinit([
        'init',
        '-i',
        withDatabase('unknown', { url: 'postgres://kinit@db.none.test/kubernetes' }),
      ]);
      expect(unknown).toMatchObject({
        code: 13,
        stdout: expect.stringContaining('db.none.test (datastoreServer.url) does not resolve') as string,
      });
      const silent = await kinit([
        'init',
        '-i',
        withDatabase('silent', { url: `postgres://kinit@${address}:5439/kubernetes` }),
      ]);
      expect(silent).toMatchObject({
        code: 13,
        stdout: expect.stringContaining(`${address} refuses connections at port 5439`) as string,
      });
      expect((await cluster.sh('node1', 'ls -A /etc/kubernetes 2> /dev/null | wc -l')).stdout.trim()).toBe('0');
    });

    test.each([
      ['a wrong password', {}, 'wrong', /it does not let user kinit in/],
      ['a CA that is not trusted', { caFile: undefined }, PASSWORD, /its certificate is not of a CA that is trusted/],
      ['a database that is not there', { none: true }, PASSWORD, /there is no database nothere/],
    ] as const)(
      '%s ends init with that word',
      async (what, { none, ...server }: { none?: boolean; caFile?: undefined }, password, said) => {
        const name = what.replaceAll(' ', '-');
        const url = none === true ? { url: `postgres://kinit@${address}/nothere` } : {};
        const { code, stderr } = await kinit(['init', '-i', withDatabase(name, { ...server, ...url }, password)]);
        expect({ code, stderr }).toEqual({ code: 14, stderr: expect.stringMatching(said) as string });
        expect(stderr).toMatch(/PostgreSQL at 10\./);
        expect(stderr).not.toContain(PASSWORD);
      },
    );

    test('init makes a cluster on it, whose objects are rows there; a second init changes nothing', async () => {
      const file = withDatabase('good');
      await kinitOk(['init', '-i', file]);
      await cluster.kubectl('create configmap kept --from-literal=is=there');
      expect(await rows("name = '/registry/configmaps/default/kept'")).toBe('1');
      const again = await kinitEvents(['init', '-i', file]);
      expect({ code: again.code, applied: all(again.events, 'change-applied') }).toEqual({ code: 0, applied: [] });
    });

    test('its password stands in one file, which is root’s alone, and nowhere that others read', async () => {
      const { stdout } = await cluster.sh(
        'node1',
        `stat -c '%a %U' /etc/kubernetes/datastore /etc/kubernetes/datastore/password
       grep -rlF '${PASSWORD}' /etc /var/lib/kinit /var/lib/kubelet /run/kinit /tmp 2> /dev/null
       ps -eo args | grep -F '${PASSWORD}' | grep -vc grep
       journalctl -o cat | grep -cF '${PASSWORD}'`,
        { reject: false },
      );
      expect(stdout.trim().split('\n')).toEqual([
        '700 root',
        '600 root',
        '/etc/kubernetes/datastore/password',
        '0',
        '0',
      ]);
      const plan = await kinit(['plan', '-i', withDatabase('other-password', {}, 'an0ther')]);
      expect(plan).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('/etc/kubernetes/datastore/password') as string,
      });
      expect(plan.stdout + plan.stderr).not.toMatch(/an0ther|n0t-for/);
    });

    test('killed at once, the server comes back with what was acknowledged', async () => {
      await cluster.sh(
        'node1',
        `kubectl --kubeconfig /etc/kubernetes/admin.conf create configmap written --from-literal=by=test && kill -KILL ${await server('MainPID')}`,
      );
      await eventually('the API answers again', 90, () => cluster.kubectl('get --raw /readyz'));
      expect(await cluster.kubectl("get configmap written -o jsonpath='{.data.by}'")).toBe('test');
    });

    test('while the database is stopped the server says so, and goes on when it is back', async () => {
      const before = await server('MainPID');
      const said = (words: string): Promise<unknown> =>
        eventually(words, 60, async () =>
          (
            await cluster.sh(
              'node1',
              `journalctl -u kinit-server -o cat --since -3min | grep -c '${words}.*PostgreSQL at' || true`,
            )
          ).stdout.trim() === '0'
            ? undefined
            : true,
        );
      await cluster.sh('node2', 'systemctl stop postgresql');
      await said('The datastore does not answer');
      await cluster.sh('node2', 'systemctl start postgresql');
      await said('The datastore answers again');
      await eventually('the API answers again', 60, () => cluster.kubectl('get --raw /readyz'));
      expect(await cluster.kubectl("get configmap kept -o jsonpath='{.data.is}'")).toBe('there');
      expect(await server('MainPID')).toBe(before);
    });

    test('while its CAs are replaced the cluster keeps its database', async () => {
      const file = withDatabase('good');
      const rotate = ['certs', 'rotate-ca', '--again', '--leave-pods', '--yes', '-i', file];
      await kinitOk(rotate, { timeoutSeconds: 900 });
      await cluster.sh('node1', 'systemctl restart kinit-server', { timeoutSeconds: 100 });
      await eventually('the API answers again', 60, () => cluster.kubectl('get --raw /readyz'));
      expect(await cluster.kubectl("get configmap kept -o jsonpath='{.data.is}'")).toBe('there');
      const again = await kinitEvents(['init', '-i', file]);
      expect({ code: again.code, applied: all(again.events, 'change-applied') }).toEqual({ code: 0, applied: [] });
    });

    test('the key that Secrets are stored with is replaced', () => storedWithAnotherKey(withDatabase('good')));

    test('its data are looked after by its own tools', async () => {
      for (const command of [['backup', '--file', join(folder, 'none')], ['status'], ['compact']])
        expect(await kinit(['datastore', ...command, '-i', withDatabase('good')])).toMatchObject({
          code: 20,
          stderr: expect.stringContaining('pg_dump') as string,
        });
    });

    test('reset leaves it alone and says so; another cluster is not let into it', async () => {
      const { stdout, stderr } = await kinitOk(['reset', '--yes', '-i', withDatabase('good')]);
      expect(stdout + stderr).toMatch(/PostgreSQL at 10\.[^]* is left alone/);
      expect(await rows("name = '/registry/configmaps/default/kept'")).toBe('1');
      const other = await kinit(['init', '-i', withDatabase('good')]);
      expect(other).toMatchObject({
        code: 14,
        stderr: expect.stringMatching(/the database kubernetes holds the objects of another cluster/) as string,
      });
      await kinitOk(['reset', '--yes', '-i', withDatabase('good')]);
    });

    const rows = async (where: string): Promise<string> =>
      (
        await cluster.sh(
          'node2',
          `su postgres -c "psql -d kubernetes -Atc \\"SELECT count(*) FROM kine WHERE ${where}\\""`,
        )
      ).stdout.trim();
  });

if (ALL)
  describe('MySQL outside of the cluster', () => {
    test('init makes a cluster on it, by TLS', async () => {
      const address = labInventory().hosts[1]?.address ?? '';
      const folder = dirname(cluster.inventory);
      await kinitOk(['reset', '--yes', '-i', inventory('before-mysql', { datastore: 'etcd' })]);
      await cluster.sh('node2', mariadbScript(address, 'm:y/p@ss'), { timeoutSeconds: 300 });
      writeFileSync(join(folder, 'mysql-ca.crt'), (await cluster.sh('node2', 'cat /etc/mysql/ca.crt')).stdout);
      writeFileSync(join(folder, 'mysql.password'), 'm:y/p@ss\n', { mode: 0o600 });
      const file = inventory('mysql', {
        datastore: 'mysql',
        datastoreServer: {
          url: `mysql://kinit@${address}/kubernetes`,
          passwordFile: 'mysql.password',
          caFile: 'mysql-ca.crt',
        },
      });
      await kinitOk(['init', '-i', file]);
      await cluster.kubectl('create configmap kept --from-literal=is=there');
      const found = await cluster.sh(
        'node2',
        `mariadb -N kubernetes -e "SELECT count(*) FROM kine WHERE name = '/registry/configmaps/default/kept'; SELECT count(*) FROM kinit"`,
      );
      expect(found.stdout.trim().split('\n')).toEqual(['1', '1']);
      await storedWithAnotherKey(file);
    });
  });

if (ALL)
  describe('etcd outside of the cluster', () => {
    beforeAll(async () => {
      await kinit(['reset', '--yes', '-i', inventory('before-external', { datastore: 'etcd' })]);
      await cluster.sh('node1', 'umount /var/lib/etcd || true');
    });

    testExternalEtcd({
      cluster: () => cluster,
      on: 'node2',
      address: () => labInventory().hosts[1]?.address ?? '',
      inventory: inventoryOf,
    });
  });

/** Replaces the key of data at rest, in a datastore that is asked through the API alone. */
async function storedWithAnotherKey(file: string): Promise<void> {
  const keys = async (): Promise<string[]> =>
    (await cluster.sh('node1', `sed -n 's/^ *- name: //p' /etc/kubernetes/encryption-config.yaml`)).stdout
      .trim()
      .split('\n');
  await cluster.kubectl('create secret generic stored --from-literal=is=there');
  const before = await keys();
  await kinitOk(['certs', 'rotate-keys', 'encryption', '--again', '--yes', '-i', file], { timeoutSeconds: 900 });
  const after = await keys();
  expect({ before: before.length, after: after.filter((key) => before.includes(key)) }).toEqual({
    before: 1,
    after: [],
  });
  expect(await cluster.kubectl("get secret stored -o jsonpath='{.data.is}'")).toBe('dGhlcmU=');
  expect((await kinitOk(['plan', '-i', file])).stdout).toContain('Nothing to change.');
}

/** In a folder, where it stays: a certificate for that address, of a CA of its own. */
const certificateScript = (address: string, folder: string): string => `cd ${folder}
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=database-ca -keyout ca.key -out ca.crt 2> /dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=database -keyout server.key -out server.csr 2> /dev/null
echo 'subjectAltName=IP:${address}' > san
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out server.crt 2> /dev/null
chmod 600 server.key`;

/** The same of Debian's MariaDB. */
function mariadbScript(address: string, password: string): string {
  return `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -q > /dev/null && apt-get install -qy --no-install-recommends mariadb-server openssl > /dev/null
${certificateScript(address, '/etc/mysql')}
chown mysql server.key
printf '%s\n' '[mariadbd]' 'bind-address = 0.0.0.0' 'ssl_cert = /etc/mysql/server.crt' 'ssl_key = /etc/mysql/server.key' \
  'require_secure_transport = on' > /etc/mysql/mariadb.conf.d/90-kinit.cnf
systemctl restart mariadb
mariadb <<'SQL'
CREATE USER kinit@'%' IDENTIFIED BY '${password}';
CREATE DATABASE kubernetes;
GRANT ALL ON kubernetes.* TO kinit@'%';
SQL`;
}

/** Debian's package, with a user and a database, and a certificate of a CA of its own; clients come by TLS only. */
function databaseScript(address: string, password: string): string {
  return `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -q > /dev/null && apt-get install -qy --no-install-recommends postgresql openssl > /dev/null
${certificateScript(address, '/etc/postgresql')}
chown postgres server.key server.crt
main=$(ls -d /etc/postgresql/*/main)
printf '%s\n' "listen_addresses = '*'" 'ssl = on' "ssl_cert_file = '/etc/postgresql/server.crt'" "ssl_key_file = '/etc/postgresql/server.key'" >> "$main/postgresql.conf"
echo 'hostssl all kinit 0.0.0.0/0 scram-sha-256' >> "$main/pg_hba.conf"
systemctl restart postgresql
until su postgres -c 'psql -c "SELECT 1"' > /dev/null 2>&1; do sleep 0.5; done
su postgres -c psql > /dev/null <<'SQL'
CREATE USER kinit PASSWORD '${password}';
CREATE DATABASE kubernetes OWNER kinit;
SQL`;
}
