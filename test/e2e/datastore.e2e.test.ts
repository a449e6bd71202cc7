import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallDisk, testDatastoreCare } from './support/datastore-care.js';
import { eventually, kinitOk, lab, type LabHandle } from './support/kinit.js';
import { preparedHosts } from './support/prepared.js';
import { EMBEDDED, shape } from './support/shapes.js';

/** SIGKILLs under writes: a handful here, fifty in `npm run test:datastore-kills`. */
const KILLS = Number(process.env['KINIT_TEST_DATASTORE_KILLS'] ?? 3);

const FOLDER = '/var/lib/kinit-datastore';

let cluster: LabHandle;

beforeAll(async () => {
  cluster = await lab('datastore', { hosts: 2, memory: '2G', snapshot: await preparedHosts() });
  shape(EMBEDDED, cluster.inventory);
  await smallDisk(cluster, FOLDER);
  await kinitOk(['init', '-i', cluster.inventory]);
});

afterAll(async () => {
  await cluster.down();
});

testDatastoreCare({
  cluster: () => cluster,
  folder: FOLDER,
  readKept: 'kinit-server datastore status --database $KEPT/state.db',
  tear: `systemctl kill -s KILL kinit-server; systemctl stop kinit-server; cd ${FOLDER} &&
    dd if=/dev/zero of=state.db bs=4096 count=4 conv=notrunc && rm -f state.db-wal && systemctl start --no-block kinit-server`,
  torn: /the data of SQLite are damaged: .*state\.db is no database that can be read: file is not a database/,
  gone: /there are none of the data of SQLite: .*state\.db has none of the data that the cluster has had/,
  shows: /ROWS A KEY/,
});

test(
  `killed ${String(KILLS)} times under writes, it loses none that was acknowledged`,
  async () => {
    const { stdout } = await cluster.sh('node1', KILLING, { timeoutSeconds: 30 * KILLS + 90 });
    const acknowledged = stdout
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('configmap/w-'));
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS);
    await eventually('the API answers again', 90, () => cluster.kubectl('get --raw /readyz'));
    const there = new Set((await cluster.kubectl('get configmap -o name')).trim().split('\n'));
    expect(acknowledged.filter((name) => !there.has(name))).toEqual([]);
  },
  (30 * KILLS + 240) * 1000,
);

/** Writes as long as it kills the server, each time when it has acknowledged a write since it came back. Prints what was acknowledged. */
const KILLING = `
export KUBECONFIG=/etc/kubernetes/admin.conf
acknowledged=$(mktemp)
i=0
round=0
while [ $round -lt ${String(KILLS)} ]; do
  round=$((round + 1))
  had=$(wc -l < "$acknowledged")
  (
    tries=0
    until [ "$(wc -l < "$acknowledged")" -gt "$had" ] || [ $tries -ge 150 ]; do tries=$((tries + 1)); sleep 0.1; done
    sleep 0.7
    kill -KILL $(systemctl show -p MainPID --value kinit-server)
  ) &
  killer=$!
  while kill -0 $killer 2> /dev/null; do
    i=$((i + 1))
    kubectl create configmap w-$i --from-literal=i=$i -o name --request-timeout=3s 2> /dev/null | tee -a "$acknowledged"
  done
  tries=0
  until kubectl get --raw /readyz > /dev/null 2>&1 || [ $tries -ge 60 ]; do tries=$((tries + 1)); sleep 0.5; done
done`;
