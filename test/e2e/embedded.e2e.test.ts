import { describe, expect, test } from 'vitest';
import { testCluster } from './support/cluster.js';
import { preparedHosts } from './support/prepared.js';
import { eventually, kinit, kinitOk, type LabHandle } from './support/kinit.js';
import { changedInventory } from './support/running.js';
import { EMBEDDED } from './support/shapes.js';
import { fetchPage } from './support/web.js';

describe(EMBEDDED.title, () => {
  testCluster(EMBEDDED, 'embedded', { running, serving, ending, hosts: preparedHosts });
});

function running(cluster: () => LabHandle): void {
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
}

function serving(cluster: () => LabHandle): void {
  test('killed at once, it comes back with what was acknowledged, and pods run through it', async () => {
    const state = async (what: string): Promise<string> =>
      (await cluster().sh('node1', `systemctl show -p ${what} --value kinit-server`)).stdout.trim();
    const pods = (): Promise<string> =>
      cluster().kubectl(
        'get pods -l app=web -o jsonpath=\'{range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {.status.phase}{"\\n"}{end}\'',
      );
    const before = { pods: await pods(), pid: await state('MainPID') };
    const port = (await cluster().kubectl("get service web -o jsonpath='{.spec.ports[0].nodePort}'")).trim();
    const [address = ''] = (
      await cluster().kubectl("get node node3 -o jsonpath='{.status.addresses[0].address}'")
    ).split(' ');
    // Acknowledged, and dead right behind it.
    await cluster().sh(
      'node1',
      `kubectl --kubeconfig /etc/kubernetes/admin.conf create configmap written --from-literal=by=test && kill -KILL ${before.pid}`,
    );
    expect((await cluster().sh('node2', fetchPage(address, port))).stdout).toBe('ok ');
    await eventually('the API answers again', 90, () => cluster().kubectl('get --raw /readyz'));
    expect(await cluster().kubectl("get configmap written -o jsonpath='{.data.by}'")).toBe('test');
    expect(await state('MainPID')).not.toBe(before.pid);
    expect(Number(await state('NRestarts'))).toBe(1);
    expect(await pods()).toBe(before.pods);
    await cluster().kubectl('delete configmap written');
  });
}

function ending(cluster: () => LabHandle): void {
  test('a flag that does not exist ends init with that flag, and init with the right ones mends it', async () => {
    const wrong = await changedInventory(
      cluster(),
      'wrong',
      (text) => `${text}\napiServer: { extraArgs: { no-such-flag: '1' } }\n`,
    );
    const { code, stderr } = await kinit(['init', '-i', wrong]);
    expect({ code, stderr }).toEqual({
      code: 14,
      stderr: expect.stringMatching(
        /could not restart kinit-server[^]*kinit-server: Error: kube-apiserver ended: unknown flag: --no-such-flag[^]*Correct what the first line names/,
      ) as string,
    });
    await kinitOk(['init', '-i', cluster().inventory]);
  });
}
