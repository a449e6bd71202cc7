import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { smallDisk, testDatastoreCare } from './support/datastore-care.js';
import { all, eventually, kinit, kinitEvents, kinitOk, lab, type LabHandle } from './support/kinit.js';
import { preparedHosts } from './support/prepared.js';

/** Another datastore of a control plane in one process than its usual one, on one host. */
let cluster: LabHandle;

beforeAll(async () => {
  cluster = await lab('datastores', { hosts: 1, snapshot: await preparedHosts() });
});

afterAll(async () => {
  await cluster.down();
});

/** The lab's inventory with more options. */
function inventory(name: string, more: Readonly<Record<string, unknown>>): string {
  const file = join(dirname(cluster.inventory), `${name}.yaml`);
  const lab = parse(readFileSync(cluster.inventory, 'utf8')) as Readonly<Record<string, unknown>>;
  writeFileSync(file, stringify({ ...lab, controlPlane: { mode: 'embedded' }, ...more }));
  return file;
}

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

  testDatastoreCare({
    cluster: () => cluster,
    inventory: withEtcd,
    folder: ETCD,
    readKept: 'etcdutl snapshot status -w json $KEPT/member/snap/db',
    tear: `systemctl kill -s KILL kinit-server; systemctl stop kinit-server; cd ${ETCD}/member &&
      dd if=/dev/zero of=snap/db bs=4096 count=4 conv=notrunc && systemctl start --no-block kinit-server`,
    shows: /node1 +leader[^]*syncs of etcd's log/,
  });
});
