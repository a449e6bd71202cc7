import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { etcdctl, LOCAL } from '../e2e/support/etcd.js';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { watchPage, watchServers } from '../e2e/support/servers.js';
import type { Shape } from '../e2e/support/shapes.js';
import {
  controlPlanes,
  cutBetweenControlPlanes,
  earlierHosts,
  kubelets,
  servers,
  startBudgetedWeb,
} from './cluster.js';
import { FROM, namesOfVersion, secondsOf, TO } from './versions.js';

const CONTROL_PLANES = ['node1', 'node2', 'node3'];

export interface Several {
  /** Of the lab. */
  readonly name: string;
  readonly form: Shape['form'];
  /** One alone: its pods go to the control planes when it is drained, which take pods then. */
  readonly workers: 1 | 2;
}

/**
 * Three control planes and workers go from one minor version to the next, under clients that ask all the time; killed twice. Prints the figures
 * of docs/upgrade.md.
 */
export function upgradeOfSeveral({ name, form, workers }: Several): void {
  const WORKERS = ['node4', 'node5'].slice(0, workers);
  const HOSTS = [...CONTROL_PLANES, ...WORKERS];
  let cluster: LabHandle;
  let later: string;
  let addresses: readonly string[];

  beforeAll(async () => {
    const made = await earlierHosts(name, HOSTS.length, (text) =>
      controlPlanes(text, CONTROL_PLANES.length, { form, takePods: workers === 1 }),
    );
    ({ cluster, later } = made);
    addresses = made.addresses.slice(0, CONTROL_PLANES.length);
    await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 3000 });
  }, 60 * 60_000);

  afterAll(async () => {
    await cluster.down();
  });

  /** Programs that lie on hosts beside those in use. */
  const staged = (hosts: readonly string[]): Promise<string[]> =>
    Promise.all(
      hosts.map(async (host) =>
        (await cluster.sh(host, 'ls -A /var/lib/kinit/staged')).stdout.trim().split('\n').join(),
      ),
    );

  const etcd = async (command: string): Promise<string> =>
    (await cluster.sh('node1', etcdctl(LOCAL, `${command} 2>&1`))).stdout;

  test('a dry run tells what would move on every host, and touches nothing', async () => {
    const { code, events, stderr } = await kinitEvents(['upgrade', '--dry-run', '-i', later]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const told = all(events, 'change-planned').map(({ host, change }) => `${host}: ${change.summary}`);
    expect(told[0]).toBe('node1: copy the data of the cluster to this machine');
    for (const host of HOSTS) expect(told).toContain(`${host}: cordon and drain node ${host}`);
    const moves = form === 'static-pods' ? /: .*kube-apiserver\.yaml/ : /: .*server\.yaml/;
    const moved = told.filter((each) => moves.test(each)).map((each) => each.replace(/:.*/, ''));
    expect([...new Set(moved)].sort()).toEqual(CONTROL_PLANES);
    expect(all(events, 'change-applied')).toEqual([]);
    expect(await servers(cluster, addresses)).toEqual(CONTROL_PLANES.map(() => `v${FROM}`));
  });

  test('killed between two control planes and while a worker is empty, it goes on to the end; no client is without an answer for long', async () => {
    const folder = join(dirname(later), 'copies');
    await mkdir(folder);
    const port = await startBudgetedWeb(cluster);
    const stopServers = watchServers(addresses);
    const stopPage = watchPage(addresses[0] ?? '', port);

    // The inventory names the version later, as the page has it; the same command goes on then.
    const named = ['--to', TO, '--snapshot', folder, '--drain-timeout', '10m', '-i', cluster.inventory];
    const second = await cutBetweenControlPlanes(['upgrade', ...named]);
    expect(second).toBe('killed');
    expect(new Set((await kubelets(cluster)).split(' ').map((each) => each.split('=')[1]))).toEqual(
      new Set([`v${FROM}`]),
    );
    // The last one waits for the second; what all of them need has been there, and the way back here, before the first was touched.
    expect((await servers(cluster, addresses)).filter((version) => version === `v${TO}`).length).toBe(1);
    expect((await staged(WORKERS)).filter((names) => names === '')).toEqual([]);
    expect((await readdir(folder)).filter((file) => file.endsWith('.backup'))).toHaveLength(1);
    expect((await readdir(dirname(later))).filter((file) => file.endsWith('.backup'))).toEqual([]);

    const third = await cutWhen(['upgrade', ...named], async (events) => {
      for await (const event of events)
        if (event.type === 'phase-finished' && event.phase === 'drain' && WORKERS.includes(event.host)) return;
    });
    expect(third).toBe('killed');

    const { code, events, stderr } = await kinitEvents(['upgrade', ...named], { timeoutSeconds: 1800 });
    const [gaps, page] = [await stopServers(), await stopPage()];
    process.stdout.write(
      `without an answer of any API server: ${String(gaps.any)} s; away at once, at most: ${String(gaps.awayAtOnce)}; the page of two replicas: ${String(page)} s\n${secondsOf(all(events, 'phase-finished'))}\n`,
    );
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(await kubelets(cluster)).toBe(HOSTS.map((host) => `${host}=v${TO}`).join(' '));
    expect(await servers(cluster, addresses)).toEqual(CONTROL_PLANES.map(() => `v${TO}`));
    expect(await cluster.kubectl('get nodes --no-headers')).not.toContain('SchedulingDisabled');
    expect(await namesOfVersion(cluster)).toEqual([]);
    expect(await staged(HOSTS)).toEqual(HOSTS.map(() => ''));
    expect((await etcd('endpoint health --cluster')).match(/is healthy/g)).toHaveLength(CONTROL_PLANES.length);
    expect((await etcd('member list')).match(/, started, .*, false$/gm)).toHaveLength(CONTROL_PLANES.length);
    expect(gaps.awayAtOnce).toBeLessThanOrEqual(1);
    expect({ api: gaps.any <= 5, page: page <= 5 }).toEqual({ api: true, page: true });
  });

  test('nothing is left to do', async () => {
    for (const command of [['upgrade'], ['plan']]) {
      const { code, events } = await kinitEvents([...command, '-i', later]);
      expect({ command, code, planned: all(events, 'change-planned').length }).toEqual({
        command,
        code: 0,
        planned: 0,
      });
    }
  });

  test.runIf(form === 'embedded')('the parts of a server that was told to end have ended one by one', async () => {
    for (const host of CONTROL_PLANES) {
      const { stdout } = await cluster.sh(host, 'journalctl -u kinit-server -o cat | grep -E "Stopped|terminate"');
      expect({ host, stdout }).toEqual({
        host,
        stdout: expect.stringContaining('"Stopped" component="etcd"') as string,
      });
      expect({ host, stdout }).toEqual({
        host,
        stdout: expect.not.stringContaining('Requested to terminate') as string,
      });
    }
  });
}
