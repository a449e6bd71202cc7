import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { runLocal } from '../../../src/ssh/local.js';
import { all, eventually, kinit, kinitEvents, kinitOk, type KinitResult, type LabHandle } from './kinit.js';
import { examine, findsCause } from './examine.js';
import { startKinit } from './running.js';
import { scp } from './scp.js';

/** A cluster whose data are looked after. */
export interface Cared {
  readonly cluster: () => LabHandle;
  /** Default: its lab's own inventory. */
  readonly inventory?: () => string;
  /** Folder of its data, and sh text that reads those that a restore has kept, in the folder KEPT. */
  readonly folder: string;
  readonly readKept: string;
  /** sh text that gives a backup, cluster.backup, to the datastore's own tools; what they print has its revision. */
  readonly readBackup?: string;
  /** sh text that tears its data, and leaves it to end and start again and again. */
  readonly tear: string;
  /** What the doctor says of that. */
  readonly torn: RegExp;
  /** What it says where its disk is not mounted. */
  readonly gone: RegExp;
  /** What status shows of this kind only. */
  readonly shows: RegExp;
}

/** Where a host keeps its own backups. */
const OWN = '/var/backups/kinit';

/** A node that no kinit has made. */
const ELSEWHERE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'elsewhere' } };

/** What `kinit datastore` does, whatever the datastore is. */
export function testDatastoreCare({
  cluster,
  inventory = () => cluster().inventory,
  folder,
  readKept,
  readBackup,
  tear,
  torn,
  gone,
  shows,
}: Cared): void {
  const file = (): string => join(dirname(inventory()), 'cluster.backup');
  const datastore = (...args: string[]): Promise<KinitResult> => kinit(['datastore', ...args, '-i', inventory()]);
  const restore = (...args: string[]): Promise<KinitResult> => datastore('restore', ...args, '--stop', '--yes');

  test('a backup is taken while the cluster runs, into a file of mode 600, and leaves nothing on the host', async () => {
    await cluster().kubectl('create configmap before --from-literal=is=there');
    await cluster().sh(
      'node1',
      `echo '${JSON.stringify(ELSEWHERE)}' | kubectl --kubeconfig /etc/kubernetes/admin.conf create -f -`,
    );
    const { code, stderr } = await datastore('backup', '--file', file());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await cluster().sh('node1', `ls ${folder}`)).stdout).not.toContain('copy');
  });

  test('status says size, log, rows a key and what is slow, also as JSON', async () => {
    const text = await datastore('status');
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(shows) as string });
    expect(text.stdout).toMatch(/LOG BYTES[^]*requests of the API server[^]*\/registry\//);
    const json = await datastore('status', '--output', 'json');
    const last = JSON.parse(json.stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(JSON.stringify(last)).toMatch(/"writeAheadLog":\d+/);
  });

  test('the host makes backups by itself, keeps the last ones, and they are listed; from here on one of these is restored', async () => {
    await writeFile(
      inventory(),
      `${await readFile(inventory(), 'utf8')}\nbackups: {every: 12h, keep: 2, folder: ${OWN}}\n`,
    );
    await kinitOk(['init', '-i', inventory()]);
    expect((await datastore('backups')).stdout).toContain('No backup yet on node1');
    const unit = 'kinit-datastore-backup';
    // A second between them: that is what their names tell apart.
    const { stdout } = await cluster().sh(
      'node1',
      `for i in 1 2 3; do systemctl start ${unit}.service || exit 1; sleep 1; done; systemctl is-active ${unit}.timer; stat -c '%a %n' ${OWN} ${OWN}/*.backup; ls ${folder}`,
      { timeoutSeconds: 120 },
    );
    expect(stdout).toMatch(/^active\n700 \S+\n(600 \S+\.backup\n){2}/);
    expect(stdout).not.toContain('copy');
    const listed = await datastore('backups', '--output', 'json');
    const { result } = JSON.parse(listed.stdout.trim().split('\n').at(-1) ?? '') as {
      result: { hosts: [{ host: string; backups: { path: string }[]; failed?: string }] };
    };
    const { hosts } = result;
    expect(hosts).toMatchObject([{ host: 'node1' }]);
    expect(hosts[0]).not.toHaveProperty('failed');
    expect(hosts[0].backups).toHaveLength(2);
    const newest = hosts[0].backups[1]?.path ?? '';
    await scp(cluster(), 'node1', { from: newest, to: file() });
    const first = await runLocal('sh', ['-c', 'head -n 1 cluster.backup'], { cwd: dirname(file()) });
    const { revision } = JSON.parse(first.stdout) as { revision: number };
    expect(revision).toBeGreaterThan(100);
    if (readBackup === undefined) return;
    const read = `cd $(mktemp -d) && cp ${newest} cluster.backup && ${readBackup} && rm -r "$PWD"`;
    expect((await cluster().sh('node1', read)).stdout).toContain(`"revision":${String(revision)},`);
  });

  test('a torn file and a changed one are refused before any host is touched', async () => {
    const whole = await readFile(file());
    const torn = `${file()}.torn`;
    await writeFile(torn, whole.subarray(0, whole.length - 5000));
    expect(await restore(torn)).toMatchObject({
      code: 10,
      stderr: expect.stringMatching(/cannot be restored; nothing was changed[^]*torn/) as string,
    });
    await rm(torn);
    const changed = `${file()}.changed`;
    const first = whole.subarray(0, whole.indexOf(10)).toString();
    await writeFile(
      changed,
      Buffer.concat([Buffer.from(first.replace(/"sha256":"./, '"sha256":"x')), whole.subarray(whole.indexOf(10))]),
    );
    expect(await restore(changed)).toMatchObject({
      code: 10,
      stderr: expect.stringMatching(/cannot be restored; nothing was changed[^]*SHA-256/) as string,
    });
    await rm(changed);
  });

  test('a cluster that lives is not restored over, and is told the way', async () => {
    expect(await datastore('restore', file())).toMatchObject({
      code: 20,
      stderr: expect.stringMatching(/the cluster lives[^]*--stop/) as string,
    });
  });

  test('a full disk: a backup and a restore end with a clear word, and the cluster goes on as it was', async () => {
    const fill = `avail=$(df --output=avail -B1 ${folder} | tail -n 1); head -c $((avail - 600000)) /dev/zero > ${folder}/fill`;
    await cluster().sh('node1', fill);
    const full = { stderr: expect.stringMatching(/No space left|full[^]*The disk (of node1 )?is full/i) as string };
    try {
      expect(await datastore('backup', '--file', `${file()}.none`)).toMatchObject({ ...full, code: 14 });
      expect(await restore(file())).toMatchObject({ ...full, code: 14 });
    } finally {
      await cluster().sh('node1', `rm -f ${folder}/fill`);
    }
    await expect(stat(`${file()}.none`)).rejects.toThrow('ENOENT');
    expect((await cluster().sh('node1', `ls ${folder}`)).stdout).not.toContain('kinit-');
    await eventually('the cluster takes writes', 60, () =>
      cluster().kubectl('create configmap after --from-literal=is=there'),
    );
  });

  test('its disk is not mounted: no empty cluster takes its place, pods run on, and by what the doctor advises it is as it was', async () => {
    const pods = async (): Promise<string> =>
      (await cluster().sh('node1', "crictl ps -q --name '^(coredns|kube-flannel)$' | sort")).stdout;
    const before = await pods();
    expect(before).not.toBe('');
    await findsCause(
      { ...cluster(), inventory: inventory() },
      {
        cause: 'datastore-gone',
        host: 'node1',
        found: gone,
        advice: /see that their disk is mounted.*then systemctl restart k/,
        first: true,
        provoke: () =>
          cluster().sh('node1', stopped(`mkdir -p /mnt/data; mount --bind ${folder} /mnt/data; umount ${folder}`)),
        mend: () =>
          cluster().sh('node1', `mount --bind /mnt/data ${folder}; umount /mnt/data; systemctl restart $(${UNIT})`),
      },
    );
    await eventually('the data are there', 90, () => cluster().kubectl('get configmap before'));
    expect(await pods()).toBe(before);
  });

  test('restored, though cut in the middle and with torn data: what was there then is there, what came later is not, and the nodes are ready', async () => {
    const cut = startKinit(['datastore', 'restore', file(), '--stop', '--yes', '-i', inventory()]);
    await cut.until(/starting the control plane/);
    cut.signal('SIGKILL');
    await cut.ended();
    await cluster().sh('node1', tear);
    await findsCause(
      { ...cluster(), inventory: inventory() },
      {
        cause: 'datastore-torn',
        host: 'node1',
        found: torn,
        advice: /kinit datastore restore FILE puts one in place$/,
        first: true,
        provoke: () => Promise.resolve(),
        mend: () => Promise.resolve(),
      },
    );
    // An API server may still listen before data that it cannot read.
    const { code, stdout, stderr } = await restore(file());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await cluster().kubectl("get configmap before -o jsonpath='{.data.is}'")).toBe('there');
    const { report } = await examine({ ...cluster(), inventory: inventory() }, 'node1');
    expect(report.findings.filter(({ cause }) => cause === 'datastore-torn')).toEqual([]);
    expect(await cluster().kubectl('get configmap after --ignore-not-found')).toBe('');
    expect(stdout).toContain('no hosts of the inventory: elsewhere.');
    await cluster().kubectl('delete node elsewhere');
    expect(stdout).toMatch(/What was there: \S+ on node1/);
    expect((await cluster().sh('node1', `ls ${folder}`)).stdout).not.toContain('kinit-');
    const first = `KEPT=$(ls -d ${folder}/replaced-* | head -n 1); ${readKept}`;
    expect((await cluster().sh('node1', first)).stdout).toMatch(/"revision":/);
    await cluster().kubectl('create configmap later --from-literal=is=there');
    await kinitOk(['init', '-i', inventory()]);
    const planned = await kinitEvents(['plan', '-i', inventory()]);
    expect({ code: planned.code, planned: all(planned.events, 'change-planned') }).toEqual({ code: 0, planned: [] });
  });

  test('compact gives space back, and loses nothing', async () => {
    const { code, stdout, stderr } = await datastore('compact');
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/Compacted: .* before, .* now/) as string,
      stderr: '',
    });
    expect(await cluster().kubectl("get configmap before -o jsonpath='{.data.is}'")).toBe('there');
  });
}

/** sh text that prints the unit which starts a host's datastore: itself, or its pod. */
const UNIT = 'systemctl -q is-enabled kinit-server 2> /dev/null && echo kinit-server || echo kubelet';

/** sh text that works on the data of a datastore that does not run. The unit is started again. @param work sh text */
const stopped = (work: string): string => `unit=$(${UNIT}); systemctl stop $unit || exit 1
  [ $unit != kubelet ] || crictl stop -t 10 $(crictl ps -q --name '^(etcd|kube-apiserver)$') || exit 1
  ${work} || exit 1
  systemctl start --no-block $unit`;

/** Gives the data a disk of their own on the first host, which can be filled: etcd takes 128 MB for its log alone, and those that a restore keeps do too. */
export async function smallDisk(cluster: LabHandle, folder: string, size = '256m'): Promise<void> {
  await cluster.sh('node1', `mkdir -p ${folder} && mount -t tmpfs -o size=${size} tmpfs ${folder}`);
}
