import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { all, eventually, kinit, kinitEvents, kinitOk, type LabHandle } from './kinit.js';
import { scp } from './scp.js';

/** A cluster whose API servers go to an etcd on a host that is none of it. */
export interface WithExternalEtcd {
  readonly cluster: () => LabHandle;
  /** Host of etcd, and its address. */
  readonly on: string;
  readonly address: () => string;
  /** An inventory of these hosts (of the lab's), with these options. */
  readonly inventory: (name: string, hosts: readonly string[], more: Readonly<Record<string, unknown>>) => string;
}

/** Of its three members, for clients. */
const PORTS = [2379, 2479, 2579];
const ETCDCTL = `etcdctl --cacert=/etc/etcd-outside/ca.crt --cert=/etc/etcd-outside/client.crt --key=/etc/etcd-outside/client.key`;

/** What kinit does with such a one, in both forms of the control plane. The hosts are in no cluster; they are given back so. */
export function testExternalEtcd({ cluster, on, address, inventory }: WithExternalEtcd): void {
  const lab = (): string => dirname(cluster().inventory);
  const file = (
    name: string,
    hosts: readonly string[],
    {
      server = {},
      more = {},
    }: { server?: Readonly<Record<string, unknown>>; more?: Readonly<Record<string, unknown>> } = {},
  ): string =>
    inventory(name, hosts, {
      controlPlane: 'static-pods',
      datastore: 'external-etcd',
      datastoreServer: {
        urls: PORTS.map((port) => `https://${address()}:${String(port)}`),
        ...{ caFile: 'etcd-ca.crt', certFile: 'etcd-client.crt', keyFile: 'etcd-client.key' },
        ...server,
      },
      ...more,
    });
  const etcdctl = async (args: string): Promise<string> =>
    (await cluster().sh(on, `${ETCDCTL} --endpoints=https://${address()}:2379 ${args}`)).stdout.trim();
  const keysBelow = async (prefix: string): Promise<number> =>
    Number(/"Count" : (\d+)/.exec(await etcdctl(`get ${prefix}/ --prefix --count-only -w fields`))?.[1]);
  const unchanged = async (inventoryFile: string): Promise<void> => {
    const again = await kinitEvents(['init', '-i', inventoryFile]);
    expect({ code: again.code, applied: all(again.events, 'change-applied') }).toEqual({ code: 0, applied: [] });
  };

  beforeAll(async () => {
    await cluster().sh(on, etcdScript(address()), { timeoutSeconds: 120 });
    for (const name of ['ca', 'other-ca', 'client', 'stranger'])
      for (const end of ['crt', 'key']) {
        const { stdout } = await cluster().sh(on, `cat /etc/etcd-outside/${name}.${end}`);
        writeFileSync(join(lab(), `etcd-${name}.${end}`), stdout, { mode: 0o600 });
      }
  });

  test.each([
    ['a port where nothing listens', { port: 2999 }, /refuses connections at port 2999/],
    [
      'a CA that is not its own',
      { server: { caFile: 'etcd-other-ca.crt' } },
      /its certificate is not of datastoreServer\.caFile/,
    ],
    [
      'a certificate that it does not take',
      { server: { certFile: 'etcd-stranger.crt', keyFile: 'etcd-stranger.key' } },
      /it does not take datastoreServer\.certFile/,
    ],
    [
      'a key of another certificate',
      { server: { keyFile: 'etcd-stranger.key' } },
      /keyFile is not the key of certFile/,
    ],
  ] as const)(
    '%s is told before anything is touched',
    async (what, { port, server }: { port?: number; server?: Readonly<Record<string, string>> }, said) => {
      const urls =
        port === undefined ? {} : { urls: [`https://${address()}:2379`, `https://${address()}:${String(port)}`] };
      const wrong = file(what.replaceAll(' ', '-'), ['node1'], { server: { ...server, ...urls } });
      const { code, stderr } = await kinit(['init', '-i', wrong]);
      expect({ code, stderr }).toEqual({ code: 13, stderr: expect.stringMatching(said) as string });
      expect((await cluster().sh('node1', 'ls -A /etc/kubernetes 2> /dev/null | wc -l')).stdout.trim()).toBe('0');
    },
  );

  test('init makes a cluster of static pods on its three members; there is no pod of etcd; a second init changes nothing', async () => {
    const good = file('etcd-static', ['node1']);
    await kinitOk(['init', '-i', good]);
    await cluster().kubectl('create configmap kept --from-literal=is=there');
    expect(await etcdctl('get /registry/configmaps/default/kept --keys-only')).toContain('/registry/configmaps');
    const { stdout } = await cluster().sh(
      'node1',
      `ls /etc/kubernetes/manifests; crictl ps -q --name etcd | wc -l; find /var/lib/etcd -mindepth 1 2> /dev/null
       stat -c '%a %U %n' /etc/kubernetes/pki/etcd/ca.crt /etc/kubernetes/pki/apiserver-etcd-client.*`,
      { reject: false },
    );
    expect(stdout.trim().split('\n')).toEqual([
      ...['kube-apiserver.yaml', 'kube-controller-manager.yaml', 'kube-scheduler.yaml', '0'],
      '600 root /etc/kubernetes/pki/etcd/ca.crt',
      '600 root /etc/kubernetes/pki/apiserver-etcd-client.crt',
      '600 root /etc/kubernetes/pki/apiserver-etcd-client.key',
    ]);
    await unchanged(good);
  });

  test('a pod runs in it, behind a service', async () => {
    const image = (
      await cluster().sh('node1', `crictl images | awk '/pause/ { print $1 ":" $2; exit }'`)
    ).stdout.trim();
    await cluster().kubectl(`create deployment web --image=${image}`);
    await cluster().kubectl('rollout status deployment web --timeout=60s');
    await cluster().kubectl('expose deployment web --port=80');
    await eventually('the service to have its pod', 30, async () =>
      /10\./.test(
        await cluster().kubectl(
          "get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{.items[*].endpoints[*].addresses}'",
        ),
      )
        ? true
        : undefined,
    );
  });

  test('the stock kubeadm reads it, and writes the same flags for it', async () => {
    const { stdout } = await cluster().sh(
      'node1',
      `mkdir /root/kubeadm && cd /root/kubeadm && export KUBEADM_INIT_DRYRUN_DIR=/root/kubeadm
       kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > cc.yaml
       kubeadm init phase control-plane apiserver --dry-run --config cc.yaml > /dev/null
       for file in *apiserver.yaml /etc/kubernetes/manifests/kube-apiserver.yaml; do grep -o -- '--etcd-[^"]*' "$file" | sort | tr '\n' ' '; echo; done
       rm -r /root/kubeadm`,
    );
    const [kubeadms, ours] = stdout.split('\n').map((line) => line.trim());
    expect(kubeadms).toBe(ours);
    expect(ours).toContain(`--etcd-servers=${PORTS.map((port) => `https://${address()}:${String(port)}`).join(',')}`);
  });

  test('another cluster is not let onto its keys, and nothing is touched', async () => {
    const { code, stderr } = await kinit(['init', '-i', file('etcd-other', ['node3'])]);
    expect({ code, stderr }).toEqual({
      code: 13,
      stderr: expect.stringMatching(/\d+ keys of another cluster[^]*another datastoreServer\.prefix/) as string,
    });
    expect((await cluster().sh('node3', 'ls -A /etc/kubernetes 2> /dev/null | wc -l')).stdout.trim()).toBe('0');
  });

  test('a member may be away; when all were, the API comes back with what was there', async () => {
    await cluster().sh(on, 'systemctl stop etcd-2479');
    await cluster().kubectl('create configmap without --from-literal=one=member');
    await cluster().sh(
      on,
      'systemctl stop etcd-2379 etcd-2579 && sleep 5 && systemctl start etcd-2379 etcd-2479 etcd-2579',
      {
        timeoutSeconds: 180,
      },
    );
    await eventually('the API answers again', 180, () => cluster().kubectl('get --raw /readyz'));
    expect(await cluster().kubectl("get configmap without -o jsonpath='{.data.one}'")).toBe('member');
  });

  test('one process has the same, below another prefix of the same etcd', async () => {
    const embedded = file('etcd-embedded', ['node3'], {
      server: { prefix: '/clusters/two' },
      more: { name: 'two', controlPlane: { mode: 'embedded' } },
    });
    const before = await keysBelow('/registry');
    await kinitOk(['init', '-i', embedded]);
    expect(await keysBelow('/clusters/two')).toBeGreaterThan(100);
    expect(Math.abs((await keysBelow('/registry')) - before)).toBeLessThan(20);
    await unchanged(embedded);
    // The process is not started again for that.
    const main = async (): Promise<string> =>
      (await cluster().sh('node3', 'systemctl show -p MainPID -p NRestarts kinit-server')).stdout;
    const running = await main();
    await cluster().sh(
      on,
      'systemctl stop etcd-2379 etcd-2479 etcd-2579 && sleep 20 && systemctl start etcd-2379 etcd-2479 etcd-2579',
      {
        timeoutSeconds: 180,
      },
    );
    await eventually('the API answers again', 120, () =>
      cluster().sh('node3', 'kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz'),
    );
    expect(await main()).toBe(running);
    const moved = file('etcd-moved', ['node3'], { more: { name: 'two', controlPlane: { mode: 'embedded' } } });
    expect(await kinit(['init', '-i', moved])).toMatchObject({
      code: 20,
      stderr: expect.stringMatching(/datastoreServer\.prefix[^]*\/clusters\/two/) as string,
    });
    const { stdout, stderr } = await kinitOk(['reset', '--yes', '-i', embedded]);
    expect(stdout + stderr).toMatch(/is left alone: the objects of the cluster stay in it, below \/clusters\/two/);
    expect(await keysBelow('/clusters/two')).toBeGreaterThan(100);
  });

  test('a second control plane comes and goes; etcd keeps its members', async () => {
    const two = file('etcd-two', ['node1', 'node3'], {
      more: { apiServer: { endpoint: undefined, balancer: 'local' } },
    });
    await kinitOk(['init', '-i', two]);
    expect(await cluster().kubectl('get nodes -l node-role.kubernetes.io/control-plane -o name')).toMatch(
      /node1[^]*node3/,
    );
    expect((await etcdctl('member list')).split('\n')).toHaveLength(3);
    await unchanged(two);
    await kinitOk(['reset', '--yes', 'node3', '-i', two]);
    await eventually('the API answers', 60, () => cluster().kubectl('get --raw /readyz'));
    expect(await cluster().kubectl("get configmap kept -o jsonpath='{.data.is}'")).toBe('there');
  });

  test('its data are copied, and the copy is one for its own tools; else they are looked after by those', async () => {
    const [backup, good] = [join(lab(), 'outside.backup'), file('etcd-static', ['node1'])];
    await kinitOk(['datastore', 'backup', '--file', backup, '-i', good]);
    const [first = ''] = readFileSync(backup, 'latin1').split('\n');
    const { revision, keys } = JSON.parse(first) as { revision: number; keys: number };
    expect({ revision: revision > 100, keys: keys > 100 }).toEqual({ revision: true, keys: true });
    await scp(cluster(), 'node1', { from: backup, to: '/tmp/outside.backup', up: true });
    const { stdout } = await cluster().sh(
      'node1',
      'cd /tmp && tail -n +2 outside.backup | gunzip > snapshot.db && etcdutl snapshot status -w json snapshot.db; rm -f snapshot.db outside.backup',
    );
    expect(JSON.parse(stdout)).toMatchObject({ revision, totalKey: keys });
    expect(await kinit(['datastore', 'restore', backup, '--stop', '--yes', '-i', good])).toMatchObject({
      code: 20,
      stderr: expect.stringContaining('etcdutl snapshot restore') as string,
    });
    expect(await kinit(['datastore', 'status', '-i', file('etcd-static', ['node1'])])).toMatchObject({
      code: 20,
      stderr: expect.stringContaining('etcdutl snapshot restore') as string,
    });
  });

  test('reset leaves etcd’s data alone and says so; init does not begin on them', async () => {
    const good = file('etcd-static', ['node1']);
    const { stdout, stderr } = await kinitOk(['reset', '--yes', '-i', good]);
    expect(stdout + stderr).toMatch(
      /etcd at 10\.[^]* is left alone: the objects of the cluster stay in it, below \/registry/,
    );
    expect(await etcdctl('get /registry/configmaps/default/kept --keys-only')).toContain('/registry/configmaps');
    const again = await kinit(['init', '-i', good]);
    expect(again).toMatchObject({
      code: 13,
      stderr: expect.stringMatching(/keys of another cluster, or of an earlier one/) as string,
    });
    // The mark itself keeps another cluster out where preflight was not listened to.
    const forced = await kinit(['init', '-i', good, '--ignore-preflight', 'datastore-contents']);
    expect(forced).toMatchObject({
      code: 14,
      stderr: expect.stringMatching(/belongs to another cluster \(its mark is/) as string,
    });
    await kinitOk(['reset', '--yes', '-i', good]);
    await cluster().sh(
      on,
      'systemctl stop etcd-2379 etcd-2479 etcd-2579; rm -rf /var/lib/etcd-outside /etc/etcd-outside',
    );
  });
}

/** Three members on one host, as its own services, by the program that Kubernetes was built with; clients come by TLS only, with a certificate. */
function etcdScript(address: string): string {
  const members = PORTS.map((port) => `m${String(port)}=http://127.0.0.1:${String(port + 1)}`).join(',');
  return `set -e
umask 077
mkdir -p /etc/etcd-outside /var/lib/etcd-outside && cd /etc/etcd-outside
for ca in ca other-ca; do
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$ca -keyout $ca.key -out $ca.crt 2> /dev/null
done
signed() {
  openssl req -newkey rsa:2048 -nodes -subj /CN=$1 -keyout $1.key -out $1.csr 2> /dev/null
  echo "$3" > extensions
  openssl x509 -req -in $1.csr -CA $2.crt -CAkey $2.key -CAcreateserial -days 2 -extfile extensions -out $1.crt 2> /dev/null
}
signed server ca 'subjectAltName=IP:${address}'
signed client ca 'extendedKeyUsage=clientAuth'
signed stranger other-ca 'extendedKeyUsage=clientAuth'
ln -sf /usr/local/bin/kube /etc/etcd-outside/etcd
for port in ${PORTS.join(' ')}; do
  printf '%s\\n' '[Service]' 'Type=notify' "ExecStart=/etc/etcd-outside/etcd --name m$port --data-dir /var/lib/etcd-outside/$port \\
--listen-client-urls https://${address}:$port --advertise-client-urls https://${address}:$port --cert-file server.crt --key-file server.key \\
--client-cert-auth --trusted-ca-file ca.crt --listen-peer-urls http://127.0.0.1:$((port + 1)) \\
--initial-advertise-peer-urls http://127.0.0.1:$((port + 1)) --initial-cluster ${members}" 'WorkingDirectory=/etc/etcd-outside' \\
    > /etc/systemd/system/etcd-$port.service
done
systemctl daemon-reload
systemctl start ${PORTS.map((port) => `etcd-${String(port)}`).join(' ')}`;
}
