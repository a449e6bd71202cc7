import { describe, expect, test } from 'vitest';
import { testCluster } from './support/cluster.js';
import { cutWhen } from './support/cuts.js';
import { preparedHosts } from './support/prepared.js';
import { BETWEEN_LOOKS, examine, findsCause, told } from './support/examine.js';
import { all, eventually, kinit, kinitEvents, kinitOk, type LabHandle } from './support/kinit.js';
import type { Provocation } from './support/provocations.js';
import { startDatabase } from './support/mariadb.js';
import { changedInventory } from './support/running.js';
import { EMBEDDED } from './support/shapes.js';
import { fetchPage } from './support/web.js';

describe(EMBEDDED.title, () => {
  testCluster(EMBEDDED, 'embedded', { running, serving, ending, hosts: preparedHosts });
});

/** kube-proxy as an older kinit applied it, on no node. */
const OLDER = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-proxy', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
    template: {
      metadata: { labels: { 'k8s-app': 'kube-proxy' } },
      spec: { nodeSelector: { no: 'node' }, containers: [{ name: 'kube-proxy', image: 'kube-proxy' }] },
    },
  },
});

/** Ways in which the server does not run, or hardly, and out of them by what the doctor advises. */
const SERVER_ILL: readonly (Provocation & { readonly way: string })[] = [
  {
    way: 'a flag that does not exist in its file',
    cause: 'server-down',
    host: 'node1',
    found: /kinit-server is activating .*: kube-apiserver ended: unknown flag: --no-such-flag$/,
    advice: /server\.yaml says, kinit plan shows what differs .* kinit init writes it back$/,
    first: true,
    provoke: (lab) =>
      lab.sh(
        'node1',
        "sed -i 's/--advertise-address=.*/--no-such-flag=1/' /etc/kubernetes/server.yaml; systemctl restart --no-block kinit-server",
      ),
    mend: (lab) => kinitOk(['init', '-i', lab.inventory]),
  },
  {
    way: 'somebody stopped it',
    cause: 'server-down',
    host: 'node1',
    found: /kinit-server is (inactive|failed)/,
    advice: /^on node1: systemctl enable --now kinit-server$/,
    first: true,
    provoke: (lab) => lab.sh('node1', 'timeout 120 systemctl stop kinit-server'),
    mend: (lab) => lab.sh('node1', 'systemctl enable --now kinit-server', { timeoutSeconds: 120 }),
  },
  {
    way: 'a disk that takes more than a second for each write of SQLite',
    cause: 'sqlite-slow-disk',
    host: 'node1',
    found: /writing to disk took SQLite [1-9]\.\d+s/,
    advice: /mount an SSD of its own at \/var\/lib\/kinit-datastore/,
    first: false,
    provoke: (lab) =>
      lab.sh(
        'node1',
        `export DEBIAN_FRONTEND=noninteractive; (apt-get update -q && apt-get install -y -q --no-install-recommends strace) >/dev/null
# An idle cluster may write nothing for most of ten seconds.
(sleep 2; for verb in 'create configmap --from-literal=a=b' 'delete configmap'; do kubectl --kubeconfig /etc/kubernetes/admin.conf $verb slow-disk; done) >/dev/null 2>&1 &
timeout 8 strace -qq -f -p "$(pgrep -x kinit-server)" -e trace=fsync,fdatasync -e inject=fsync,fdatasync:delay_enter=1300000 >/dev/null 2>&1 || [ $? = 124 ]
wait`,
      ),
    mend: () => Promise.resolve(),
  },
];

function running(cluster: () => LabHandle): void {
  test('kubelet and kube-proxy are one process on every node; what an older kinit brought kube-proxy with goes', async () => {
    const look = `ps -eo comm= | grep -E '^(kube|kinit-agent)'
      bash -c 'exec 3<> /dev/tcp/127.0.0.1/10256; printf "GET /healthz HTTP/1.0\\r\\n\\r\\n" >&3; head -n 1 <&3'`;
    for (const host of ['node1', 'node2', 'node3'])
      expect((await cluster().sh(host, look)).stdout, host).toMatch(/^kinit-agent\nHTTP\/1\.[01] 200 OK/);
    await cluster().sh(
      'node1',
      `kubectl --kubeconfig /etc/kubernetes/admin.conf apply --server-side --field-manager=kinit -f - <<'END'\n${OLDER}\nEND`,
    );
    const { code, events } = await kinitEvents(['init', '-i', cluster().inventory]);
    expect({ code, changes: all(events, 'change-applied').map(({ change }) => change.summary) }).toEqual({
      code: 0,
      changes: ['delete DaemonSet kube-system/kube-proxy'],
    });
    expect(await cluster().kubectl('-n kube-system get daemonset kube-proxy --ignore-not-found')).toBe('');
  });

  test('another form is refused on the living cluster, with both values and the way', async () => {
    const other = await changedInventory(cluster(), 'other', (text) =>
      text.replace('mode: embedded', 'mode: static-pods'),
    );
    const { code, stderr } = await kinit(['init', '-i', other]);
    expect({ code, stderr }).toEqual({
      code: 20,
      stderr: expect.stringMatching(/controlPlane[^]*embedded[^]*static-pods[^]*kinit reset/) as string,
    });
  });

  test('the datastore answers nobody who shows no certificate', async () => {
    const { stdout } = await cluster().sh(
      'node1',
      `cd /var/lib/kinit-datastore && stat -c '%a %U' datastore.sock
       printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 5 openssl s_client -quiet -unix datastore.sock -CAfile /etc/kubernetes/pki/etcd/ca.crt 2>&1 | grep -ciE 'certificate.?required|bad certificate'`,
      { reject: false },
    );
    expect(stdout).toMatch(/^600 root\n[1-9]/);
  });

  test('a part that cannot start ends the process, whose last line says which and why', async () => {
    const { code, stderr } = await cluster().sh(
      'node1',
      `sed -e '/^datastore:/,/^[^ ]/{/^datastore:/d;/^ /d}' -e 's/--advertise-address=.*/--no-such-flag=1/' /etc/kubernetes/server.yaml > /tmp/broken.yaml
       timeout 60 kinit-server --config /tmp/broken.yaml; code=$?; rm /tmp/broken.yaml; exit $code`,
      { reject: false },
    );
    expect({ code, last: stderr.trim().split('\n').at(-1) }).toEqual({
      code: 1,
      last: 'Error: kube-apiserver ended: unknown flag: --no-such-flag',
    });
  });

  test.each(SERVER_ILL)(
    '$cause: $way: what the doctor advises helps, and it then finds nothing',
    async (provocation) => {
      await findsCause(cluster(), provocation);
      const report = await eventually(
        'a doctor that finds nothing wrong',
        120,
        async () => {
          const { code, report: seen } = await examine(cluster());
          if (code !== 0 || !seen.well) throw new Error(told(seen).join('\n'));
          return seen;
        },
        BETWEEN_LOOKS,
      );
      expect(report.checks.find(({ check }) => check.name === 'datastore')?.check).toMatchObject({
        title: 'Datastore (SQLite)',
        status: 'ok',
      });
    },
  );
}

function serving(cluster: () => LabHandle): void {
  const state = async (host: string, unit: string, what: string): Promise<string> =>
    (await cluster().sh(host, `systemctl show -p ${what} --value ${unit}`)).stdout.trim();
  const pods = (): Promise<string> =>
    cluster().kubectl(
      'get pods -l app=web -o jsonpath=\'{range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {.status.phase}{"\\n"}{end}\'',
    );
  const fetchFrom = async (node: string): Promise<string> => {
    const port = (await cluster().kubectl("get service web -o jsonpath='{.spec.ports[0].nodePort}'")).trim();
    const addresses = await cluster().kubectl(`get node ${node} -o jsonpath='{.status.addresses[0].address}'`);
    return fetchPage(addresses.split(' ')[0] ?? '', port);
  };

  test('a part of the agent that ends is its last word; it is started again, and pods and Services run through that', async () => {
    const before = await pods();
    const fetch = await fetchFrom('node3');
    const back = (times: number): Promise<unknown> =>
      eventually(`the agent started again ${times} times`, 60, async () =>
        (await state('node3', 'kubelet', 'NRestarts')) === String(times) &&
        (await state('node3', 'kubelet', 'SubState')) === 'running'
          ? true
          : undefined,
      );
    // kube-proxy ends when its configuration is written; with the same text there is nothing for kinit to mend.
    await cluster().sh(
      'node3',
      'cd /var/lib/kube-proxy && text=$(cat config.conf) && printf "%s\\n" "$text" > config.conf',
    );
    await back(1);
    const { stdout } = await cluster().sh('node3', "journalctl -u kubelet -o cat | grep '^Error:' | tail -n 1");
    expect(stdout.trim()).toBe("Error: kube-proxy ended: content of the proxy server's configuration file was updated");
    await cluster().sh('node3', `kill -KILL ${await state('node3', 'kubelet', 'MainPID')}`);
    expect((await cluster().sh('node2', fetch)).stdout).toBe('ok ');
    await back(2);
    expect(await pods()).toBe(before);
    expect((await cluster().sh('node2', fetch)).stdout).toBe('ok ');
  });

  test('killed at once, it comes back with what was acknowledged, and pods run through it', async () => {
    const server = (what: string): Promise<string> => state('node1', 'kinit-server', what);
    const before = { pods: await pods(), pid: await server('MainPID') };
    const fetch = await fetchFrom('node3');
    // Acknowledged, and dead right behind it.
    await cluster().sh(
      'node1',
      `kubectl --kubeconfig /etc/kubernetes/admin.conf create configmap written --from-literal=by=test && kill -KILL ${before.pid}`,
    );
    expect((await cluster().sh('node2', fetch)).stdout).toBe('ok ');
    await eventually('the API answers again', 90, () => cluster().kubectl('get --raw /readyz'));
    expect(await cluster().kubectl("get configmap written -o jsonpath='{.data.by}'")).toBe('test');
    expect(await server('MainPID')).not.toBe(before.pid);
    expect(Number(await server('NRestarts'))).toBe(1);
    expect(await pods()).toBe(before.pods);
    await cluster().kubectl('delete configmap written');
  });

  test('a database in a folder of its node keeps what it acknowledged: server restarted, server killed, its pod made anew', async () => {
    const query = await startDatabase(cluster(), 'node2');
    await query('CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY)');
    const ways = ['systemctl restart --no-block kinit-server', 'systemctl kill --signal KILL kinit-server'];
    for (const [index, end] of ways.entries()) {
      await cluster().sh('node1', end);
      await query(`INSERT INTO shop.orders VALUES (${String(index)})`, { api: false });
      await eventually('the API answers again', 90, () => cluster().kubectl('get --raw /readyz'));
    }
    expect(await cluster().kubectl("get pod mariadb-0 -o jsonpath='{.status.containerStatuses[0].restartCount}'")).toBe(
      '0',
    );
    await cluster().kubectl('delete pod mariadb-0');
    await cluster().kubectl('rollout status statefulset/mariadb --timeout=90s');
    expect(await query('SELECT id FROM shop.orders ORDER BY id')).toBe('0\n1');
    await cluster().kubectl('delete statefulset/mariadb service/mariadb pvc/data-mariadb-0 pv/mariadb secret/mariadb');
    await cluster().sh('node2', 'rm -r /srv/mariadb');
  });
}

function ending(cluster: () => LabHandle): void {
  // With several control planes, all CAs, and nobody without an answer: npm run test:rotation.
  test('its CA is replaced, killed in the middle of a stage; pods of before are named, nodes follow, and the credentials of before let nobody in', async () => {
    const rotate = ['certs', 'rotate-ca', 'ca', '--again', '--yes', '-i', cluster().inventory];
    const authority = async (): Promise<string> =>
      (await cluster().sh('node1', 'sha256sum /etc/kubernetes/pki/ca.crt')).stdout;
    const former = await authority();
    await cluster().sh('node1', 'install -m 600 /etc/kubernetes/admin.conf /root/former.conf');
    const cut = await cutWhen(rotate, async (events) => {
      for await (const event of events) if (event.type === 'change-applied' && event.phase === 'control-plane') return;
    });
    expect(cut).toBe('killed');
    const named = await kinit(rotate, { timeoutSeconds: 600 });
    expect({ code: named.code, stderr: named.stderr }).toEqual({
      code: 20,
      stderr: expect.stringContaining('default/web-') as string,
    });
    await cluster().kubectl('rollout restart deployment web');
    await cluster().kubectl('rollout status deployment web --timeout=90s', { timeoutSeconds: 100 });
    await kinitOk(rotate, { timeoutSeconds: 600 });
    expect(await authority()).not.toBe(former);
    expect(await cluster().kubectl('get --raw /api/v1/nodes/node2/proxy/healthz')).toBe('ok');
    const old = await cluster().sh('node1', 'kubectl --kubeconfig /root/former.conf get nodes 2>&1', { reject: false });
    expect({ code: old.code, said: old.stdout }).toEqual({
      code: 1,
      said: expect.stringContaining('certificate signed by unknown authority') as string,
    });
    await cluster().sh('node1', 'rm -f /root/former.conf');
    expect((await kinitOk(['plan', '-i', cluster().inventory])).stdout).toContain('Nothing to change.');
  });

  test('a flag that does not exist is refused before anything is written', async () => {
    const wrong = await changedInventory(
      cluster(),
      'wrong',
      (text) => `${text}\napiServer: { extraArgs: { no-such-flag: '1' } }\n`,
    );
    const { code, stderr } = await kinit(['init', '-i', wrong]);
    expect({ code, stderr }).toEqual({
      code: 20,
      stderr: expect.stringMatching(
        /nothing of it was written[^]*apiServer\.extraArgs: kube-apiserver \S+ says: unknown flag: --no-such-flag[^]*Correct or take out/,
      ) as string,
    });
    expect((await kinitOk(['plan', '-i', cluster().inventory])).stdout).toContain('Nothing to change.');
  });
}
