import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImageName } from '../../../src/lab/images/names.js';
import type { RUNTIMES } from '../../../src/runtime/index.js';
import { quote } from '../../../src/shell/quote.js';
import { all, eventually, failuresOf, kinitEvents, lab, only, type LabHandle } from './kinit.js';
import { PRIVATE } from './origin/origin.js';
import { startRegistries, type Registries } from './origin/registries.js';
import { differences, record, type Recording } from './recording/recording.js';
import { shape } from './shapes.js';

export const CELL_HOST = 'node1';

const ANYWHERE = '--overrides \'{"spec":{"tolerations":[{"operator":"Exists"}]}}\'';
const POD = `run web --image docker.io/library/nginx:1.22.1 --image-pull-policy Never`;

/** One system of hosts with one runtime. */
export interface Cell {
  /** Of its lab. */
  readonly name: string;
  /** Default: that of all other tests. */
  readonly image?: ImageName;
  readonly runtime: (typeof RUNTIMES)[number];
  /** What its `runtime.from` says. Default: that of all other tests. */
  readonly from?: string;
  /** Beside its control plane; pods run there then. Default: none. */
  readonly workers?: number;
  /** More of the inventory. */
  readonly inventory?: Readonly<Record<string, unknown>>;
  /** What the host needs around it, before anything is looked at there. */
  readonly around?: (cluster: LabHandle) => Promise<Around>;
  /** What a person had written on the host before, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What a test keeps up around its host. */
interface Around {
  /** What the inventory has to say of it. */
  readonly inventory: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

type Tests = (cluster: () => LabHandle) => void;

/**
 * Tests of a cell: a bare host becomes a cluster that runs a pod, a second init changes nothing, and reset gives the host back
 * exactly. `others` are tests of its own: on the bare host before, and on the running cluster in between.
 */
export function testCell(
  { name, image, runtime, from, workers = 0, inventory = {}, around, files = {} }: Cell,
  others: { readonly bare?: Tests; readonly running?: Tests } = {},
): void {
  const hosts = Array.from({ length: 1 + workers }, (_, index) => `node${String(index + 1)}`);
  const placed = workers > 0 ? '' : ANYWHERE;
  let cluster: LabHandle;
  let before: readonly Recording[];
  let surroundings: Around | undefined;
  let registries: Registries;

  beforeAll(async () => {
    cluster = await lab(name, { hosts: hosts.length, ...(image === undefined ? {} : { image }) });
    registries = await startRegistries(cluster, hosts, runtime);
    const runs = { name: runtime.id, ...(from === undefined ? {} : { from }), ...registries.runtime };
    surroundings = await around?.(cluster);
    shape({ inventory: { runtime: runs, ...surroundings?.inventory, ...inventory } }, cluster.inventory);
    for (const [path, text] of Object.entries(files))
      await cluster.sh(CELL_HOST, `mkdir -p $(dirname ${path}) && printf %s '${text}' > ${path}`);
    before = await Promise.all(hosts.map((host) => record(cluster, host)));
  });

  afterAll(async () => {
    await cluster.down();
    await surroundings?.stop();
    await registries.stop();
  });

  others.bare?.(() => cluster);

  const init = (): ReturnType<typeof kinitEvents> => kinitEvents(['init', '-i', cluster.inventory]);

  test('init makes a node of it, whose runtime answered through the CRI before its kubelet started', async () => {
    const { code, events, stderr } = await init();
    expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
      code: 0,
      stderr: '',
      failures: [],
    });
    for (const host of hosts) {
      const answered = events.findIndex(
        (event) =>
          event.type === 'progress' && event.host === host && event.text.startsWith('answers through the CRI: '),
      );
      const started = events.findIndex(
        (event) =>
          event.type === 'change-applied' &&
          event.host === host &&
          (event.change.resource === 'service:kubelet' || event.phase === 'join'),
      );
      expect(answered).toBeGreaterThan(-1);
      // The first of all that start or restart it.
      expect(started).toBeGreaterThan(answered);
      for (const unit of runtime.units)
        expect((await cluster.sh(host, `systemctl is-active ${unit}`)).stdout.trim()).toBe('active');
    }
    const versions = await cluster.kubectl(
      "get nodes -o jsonpath='{.items[*].status.nodeInfo.containerRuntimeVersion}'",
    );
    const names = versions.split(' ').map((version) => version.replace(/:\/\/.*/, ''));
    expect(names).toHaveLength(hosts.length);
    for (const name of names) expect([runtime.id, ...runtime.words]).toContain(name);
  });

  test('a pod runs and is entered; logs of containers are read', async () => {
    await cluster.kubectl(`${POD} ${placed}`);
    await eventually('the pod runs', 90, async () => {
      const phase = await cluster.kubectl("get pod web -o jsonpath='{.status.phase}'");
      return phase === 'Running' ? phase : undefined;
    });
    expect(await cluster.kubectl('exec web -- /usr/sbin/nginx -v 2>&1')).toContain('nginx/1.22.1');
    expect(await cluster.kubectl('-n kube-system logs deployment/coredns')).toContain('CoreDNS-');
    await cluster.kubectl('delete pod web --now');
    // kubectl's cache is this test's own trace.
    await cluster.sh(CELL_HOST, 'rm -rf /root/.kube');
  });

  test('images are pulled from a registry that wants a login, through a mirror, and without TLS where the inventory says so, only there', async () => {
    const { private: login, mirrored, insecure, unsaid } = registries.images;
    const pods = Object.entries({ login, mirrored, insecure, unsaid });
    for (const [pod, name] of pods)
      await cluster.kubectl(`run ${pod} --image ${name} --image-pull-policy Always ${placed}`);
    await eventually('three pods run, the fourth has no image', 90, async () => {
      const phases = await cluster.kubectl("get pods login mirrored insecure -o jsonpath='{.items[*].status.phase}'");
      const reason = await cluster.kubectl(
        "get pod unsaid -o jsonpath='{.status.containerStatuses[*].state.waiting.reason}'",
      );
      return phases === 'Running Running Running' && /^(ErrImagePull|ImagePullBackOff)$/.test(reason)
        ? phases
        : undefined;
    });
    await cluster.kubectl(`delete pod ${pods.map(([pod]) => pod).join(' ')} --now`);
    await cluster.sh(CELL_HOST, 'rm -rf /root/.kube');
    const given = registries.requests.filter((line) => /^200 \S+ \S+ .*\/manifests\//.test(line));
    const asked = new Set(given.map((line) => line.split(' ')[2]));
    expect([...asked].sort()).toEqual([
      'mirror.example.com:5443',
      'plain.example.com:5080',
      'private.example.com:5443',
    ]);
  });

  test('only root reads the login', async () => {
    for (const host of hosts) {
      const { stdout } = await cluster.sh(
        host,
        `auth=$(printf %s ${quote(`${PRIVATE.user}:${PRIVATE.password}`)} | base64)
        find /etc /run /var/lib/kinit /var/lib/kubelet/config.json -xdev -type f -exec grep -lF -e ${quote(PRIVATE.password)} -e "$auth" {} + 2> /dev/null | xargs stat -c %a`,
      );
      expect([...new Set(stdout.trim().split('\n'))]).toEqual(['600']);
    }
  });

  others.running?.(() => cluster);

  test('init again changes nothing', async () => {
    const { code, events } = await init();
    const [applied, failures] = [all(events, 'change-applied'), failuresOf(events)];
    expect({ code, applied, failures }).toEqual({ code: 0, applied: [], failures: [] });
    expect(only(events, 'run-finished').changes).toBe(0);
  });

  test('reset gives the host back as it was', async () => {
    const { code, events } = await kinitEvents(['reset', '--yes', '--remove-packages', '-i', cluster.inventory]);
    const warnings = all(events, 'warning').map(({ text }) => text);
    expect({ code, warnings, failures: failuresOf(events) }).toEqual({ code: 0, warnings: [], failures: [] });
    const ignored = (section: string, key: string): boolean => section === 'sysctl' && !key.startsWith('net.');
    const after = await Promise.all(hosts.map((host) => record(cluster, host)));
    expect(after.map((now, index) => differences(before[index] ?? now, now, ignored))).toEqual(hosts.map(() => ''));
  });
}
