import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RUNTIMES } from '../../src/runtime/index.js';
import { all, eventually, kinitEvents, lab, only, type LabHandle } from './support/kinit.js';
import { differences, record, type Recording } from './support/recording/recording.js';
import { shape } from './support/shapes.js';

const HOST = 'node1';
const POD =
  'run web --image docker.io/library/nginx:1.22.1 --image-pull-policy Never --overrides \'{"spec":{"tolerations":[{"operator":"Exists"}]}}\'';

/** The default is what all other tests have. */
describe.each(RUNTIMES.slice(1))('$title', (runtime) => {
  let cluster: LabHandle;
  let before: Recording;

  beforeAll(async () => {
    cluster = await lab(runtime.id, { hosts: 1 });
    shape({ title: runtime.title, inventory: { runtime: { name: runtime.id } } }, cluster.inventory);
    before = await record(cluster, HOST);
  });

  afterAll(async () => {
    await cluster.down();
  });

  const init = (): ReturnType<typeof kinitEvents> => kinitEvents(['init', '-i', cluster.inventory]);

  test('init makes a node of it, which answered through the CRI before its kubelet started', async () => {
    const { code, events, stderr } = await init();
    expect({ code, stderr: code === 0 ? '' : stderr, failures: all(events, 'phase-failed') }).toEqual({
      code: 0,
      stderr: '',
      failures: [],
    });
    const progress = all(events, 'progress').map(({ text }) => text);
    expect(progress.some((text) => text.startsWith('answers through the CRI: '))).toBe(true);
    const version = await cluster.kubectl(
      "get nodes -o jsonpath='{.items[*].status.nodeInfo.containerRuntimeVersion}'",
    );
    expect(version).toContain('://');
    for (const unit of runtime.units)
      expect((await cluster.sh(HOST, `systemctl is-active ${unit}`)).stdout.trim()).toBe('active');
  });

  test('a pod runs and is entered; logs of containers are read', async () => {
    await cluster.kubectl(POD);
    await eventually('the pod runs', 90, async () => {
      const phase = await cluster.kubectl("get pod web -o jsonpath='{.status.phase}'");
      return phase === 'Running' ? phase : undefined;
    });
    expect(await cluster.kubectl('exec web -- /usr/sbin/nginx -v 2>&1')).toContain('nginx/1.22.1');
    expect(await cluster.kubectl('-n kube-system logs deployment/coredns')).toContain('CoreDNS-');
    await cluster.kubectl('delete pod web --now');
    // kubectl's cache is this test's own trace.
    await cluster.sh(HOST, 'rm -rf /root/.kube');
  });

  test('init again changes nothing', async () => {
    const { code, events } = await init();
    expect({ code, applied: all(events, 'change-applied') }).toEqual({ code: 0, applied: [] });
    expect(only(events, 'run-finished').changes).toBe(0);
  });

  test('reset gives the host back as it was', async () => {
    const { code } = await kinitEvents(['reset', '--yes', '--remove-packages', '-i', cluster.inventory]);
    expect(code).toBe(0);
    const ignored = (section: string, key: string): boolean => section === 'sysctl' && !key.startsWith('net.');
    expect(differences(before, await record(cluster, HOST), ignored)).toBe('');
  });
});
