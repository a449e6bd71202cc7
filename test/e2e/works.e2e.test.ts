import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallDisk, testDatastoreCare } from './support/datastore-care.js';
import { EVERYTHING } from './support/everything.js';
import {
  failuresOf,
  kinit,
  kinitEvents,
  kinitOk,
  lab,
  only,
  type KinitResult,
  type LabHandle,
} from './support/kinit.js';
import { preparedHosts } from './support/prepared.js';
import { changedInventory, startKinit } from './support/running.js';

/** What was written is what runs: on one cluster that works, everything that runs is broken and mended through the inventory. */
let cluster: LabHandle;
/** Of etcd's data. */
const FOLDER = '/var/lib/etcd';

beforeAll(async () => {
  cluster = await lab('works', { hosts: 2, snapshot: await preparedHosts() });
  await smallDisk(cluster, FOLDER);
  await kinitOk(['init', '-i', cluster.inventory]);
});

afterAll(async () => {
  await cluster.down();
});

const changed = (name: string, change: (text: string) => string): Promise<string> =>
  changedInventory(cluster, name, change);

/** The error block on standard error: at most ten lines, none longer than a person reads. */
function errorOf({ stderr }: KinitResult): string {
  const block = stderr.slice(stderr.indexOf('Error')).split('\n\n')[0] ?? '';
  const lines = block.split('\n');
  expect(lines.length).toBeLessThanOrEqual(10);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(410);
  return block;
}

interface Break {
  readonly what: string;
  readonly phase: string;
  readonly inventory: string;
  /** Its own words. */
  readonly words: RegExp;
  /** The runs that fail, each with what is told apart by it; a second one costs a minute, and shows the same for both of them. */
  readonly runs: readonly string[];
}

const FIRST = 'the run that wrote it';
const SECOND = 'a run that finds it written';

const BREAKS: readonly Break[] = [
  {
    what: 'kube-scheduler',
    phase: 'controllers',
    inventory: 'scheduler:\n  extraArgs:\n    config: /nonexistent\n',
    words: /container kube-scheduler: .*open \/nonexistent: no such file or directory/,
    runs: [FIRST, SECOND],
  },
  {
    what: 'etcd',
    phase: 'datastore',
    // An address that no host has (RFC 5737).
    inventory: 'etcd:\n  extraArgs:\n    listen-metrics-urls: http://203.0.113.1:2381\n',
    words: /container etcd: .*cannot assign requested address/,
    runs: [FIRST],
  },
];

describe.each(EVERYTHING ? BREAKS : BREAKS.slice(0, 1))(
  '$what broken on a cluster that works',
  ({ phase, inventory, words, runs }) => {
    test('init says who and why and is not through; mended, init heals it', async () => {
      const file = await changed('broken', (whole) => `${whole}\n${inventory}`);
      for (const run of runs) {
        const broken = await kinit(['init', '-i', file]);
        expect(broken.code, run).toBe(15);
        expect(broken.stdout).not.toContain('is ready');
        expect(errorOf(broken)).toMatch(new RegExp(`^Error on node1, ${phase}: `));
        // Long words go on below.
        expect(errorOf(broken).replaceAll(/\s+/g, ' ')).toMatch(words);
      }
      await kinitOk(['init', '-i', cluster.inventory]);
      const { code, events } = await kinitEvents(['init', '-i', cluster.inventory]);
      expect({ code, failures: failuresOf(events), changes: only(events, 'run-finished').changes }).toEqual({
        code: 0,
        failures: [],
        changes: 0,
      });
    });
  },
);

test('what programs of Kubernetes do not take is refused in their words, on the node whose turn it is; nothing is written', async () => {
  const wrong = [
    ['apiServer', /apiServer\.extraArgs: kube-apiserver \S+ says: --max-requests-inflight can not be negative value$/m],
    ['scheduler', /scheduler\.extraArgs: kube-scheduler \S+ says: unknown flag: --typo-flag/],
    ['kubelet', /kubelet\.config: kubelet \S+ says: .*maxPods \(--max-pods\) -5 must not be a negative number/],
  ] as const;
  for (const [what, words] of wrong) {
    const file = await changed(`wrong-${what}`, (whole) =>
      what === 'kubelet'
        ? whole.replace('    evictionHard:', '    maxPods: -5\n    evictionHard:')
        : `${whole}\n${what}:\n  extraArgs:\n    ${what === 'apiServer' ? 'max-requests-inflight: "-5"' : 'typo-flag: "1"'}\n`,
    );
    const { code, stderr } = await kinit(['init', '-i', file]);
    expect({ what, code, stderr }).toEqual({ what, code: 20, stderr: expect.stringMatching(words) as string });
  }
  expect((await kinitOk(['plan', '-i', cluster.inventory])).stdout).toContain('Nothing to change.');
});

test('a node on which the cluster lets nothing start is not ready', async () => {
  const key = 'node.kubernetes.io/network-unavailable';
  // Nobody lifts taints in a cluster without this controller.
  const file = await changed(
    'no-lifting',
    (whole) => `${whole}\ncontrollerManager:\n  extraArgs:\n    controllers: "*,-node-lifecycle-controller"\n`,
  );
  await kinitOk(['init', '-i', file]);
  await cluster.kubectl(`taint node node2 ${key}=:NoSchedule`);
  const run = startKinit(['init', '-i', file]);
  await run.until(new RegExp(`node2 takes no pods: it carries the taint ${key}:NoSchedule`));
  await cluster.kubectl(`taint node node2 ${key}-`);
  const { code, said } = await run.ended();
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
});

test('a node that somebody deleted is there again after init: its kubelet registers it only when it starts', async () => {
  await cluster.kubectl('delete node node2');
  const { code, events, stderr } = await kinitEvents(['init', '-i', cluster.inventory]);
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    code: 0,
    stderr: '',
    failures: [],
  });
  expect(await cluster.kubectl('get node node2 --show-labels --no-headers')).toMatch(
    / Ready .*node-role\.kubernetes\.io\/worker=/,
  );
});

test('how all CAs would be replaced is told stage by stage, and nothing is done', async () => {
  const made = 'cd /etc/kubernetes/pki && find . -type f | sort | xargs sha256sum';
  const before = (await cluster.sh('node1', made)).stdout;
  const { code, stdout } = await kinit(['certs', 'rotate-ca', '--dry-run', '--again', '-i', cluster.inventory]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /the new CA is made[^]*signs everything anew[^]*is trusted by nothing any more/,
    ) as string,
  });
  const keys = await kinit(['certs', 'rotate-keys', '--dry-run', '--again', '-i', cluster.inventory]);
  expect(keys).toMatchObject({ code: 0, stdout: expect.stringContaining('sa-next.key') as string });
  expect((await cluster.sh('node1', made)).stdout).toBe(before);
});

testDatastoreCare({
  cluster: () => cluster,
  folder: FOLDER,
  readKept: 'etcdutl snapshot status -w json $KEPT/member/snap/db',
  tear: `systemctl stop kubelet; cd ${FOLDER}
    for name in kube-apiserver etcd; do
      crictl ps -q --label io.kubernetes.container.name=$name | xargs -r crictl stop --timeout 5
    done
    dd if=/dev/zero of=member/snap/db bs=4096 count=4 conv=notrunc && systemctl start kubelet`,
  torn: /the data of etcd are damaged: /,
  gone: /there are none of the data of etcd: .*etcd-member.*is not a directory/,
  shows: /node1 +leader[^]*syncs of etcd's log/,
  readBackup: 'tail -n +2 cluster.backup | gunzip > snapshot.db && etcdutl snapshot status -w json snapshot.db',
});

test('etcd’s own programs are in its image too', async () => {
  expect(await cluster.kubectl('-n kube-system exec etcd-node1 -- etcdctl version')).toContain('etcdctl version: 3.');
});

// The last ones leave the cluster as it is: to bring it back takes as long as they do.
test('flags that are right: etcd and the API server are replaced one after the other, and what runs has them', async () => {
  const file = await changed(
    'right',
    (whole) =>
      `${whole}\netcd:\n  extraArgs:\n    log-level: warn\napiServer:\n  extraArgs:\n    v: "1"\nscheduler:\n  extraArgs:\n    v: "1"\n`,
  );
  await kinitOk(['init', '-i', file]);
  const running = (await cluster.sh('node1', 'ps -eo args')).stdout;
  expect(running).toMatch(/^etcd .*--log-level=warn/m);
  expect(running).toMatch(/^kube-apiserver .*--v=1/m);
  expect(running).toMatch(/^kube-scheduler .*--v=1/m);
});
