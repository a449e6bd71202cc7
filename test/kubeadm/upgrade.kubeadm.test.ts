import { createReadStream } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readManifest, toArtifactSet } from '../../src/artifacts/store/manifest.js';
import { FORMS } from '../../src/control-plane/index.js';
import { supplyOf } from '../../src/engine/supply.js';
import { findLab, sshCommand } from '../../src/lab/index.js';
import { all, failuresOf, kinit, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { RUNTIME } from '../e2e/support/runtime.js';
import { earlierHosts, kubelets } from '../upgrade/cluster.js';
import { FROM, PATCH_FROM, TO } from '../upgrade/versions.js';

/** A control plane and a worker of kinit's, whose control plane the stock kubeadm brings to the next version. */
let cluster: LabHandle;
let later: string;

/** A file of this machine to the standard input of a command on a host. */
async function send(host: string, file: string, command: readonly string[]): Promise<void> {
  const [program = '', ...args] = sshCommand(await findLab(cluster.name), host, command);
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'], timeout: 300_000 });
  const ended = once(child, 'close');
  await pipeline(createReadStream(file), child.stdin);
  expect(await ended).toEqual([0, null]);
}

const kubeadm = async (args: string): Promise<string> =>
  (await cluster.sh('node1', `/root/kubeadm ${args} 2>&1`, { timeoutSeconds: 900 })).stdout;
const served = async (): Promise<string> =>
  /"gitVersion": "v([^"]*)"/.exec(await cluster.kubectl('get --raw /version'))?.[1] ?? '';

describe.each([
  { step: 'patch', from: PATCH_FROM },
  { step: 'minor', from: FROM },
])('a $step version later', ({ step, from }) => {
  beforeAll(async () => {
    ({ cluster, later } = await earlierHosts(`kubeadm-${step}`, 2, undefined, from));
    await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 3000 });
    const manifest = await readManifest(TO, 'amd64');
    if (manifest === undefined) throw new Error('nothing is built: kinit artifacts build');
    const { binaries, images } = toArtifactSet(manifest, supplyOf(RUNTIME, FORMS[0]).components);
    const program = binaries.find(({ links = [] }) => links.some((link) => link.endsWith('/kubeadm')));
    // What a person without a registry does: the later kubeadm, and the images that it names (kubeadm config images list).
    await send('node1', program?.localFile ?? '', ['sh', '-c', 'cat > /root/kubeadm && chmod 755 /root/kubeadm']);
    const wanted = images.filter(({ name }) => /^(kube-|etcd$|coredns$|pause$)/.test(name));
    for (const file of new Set(wanted.flatMap(({ archive }) => (archive === undefined ? [] : [archive.localFile]))))
      for (const host of ['node1', 'node2'])
        await send(host, file, ['ctr', '-n', 'k8s.io', 'images', 'import', '--local', '-']);
  }, 60 * 60_000);

  afterAll(async () => {
    await cluster.down();
  });

  test('kubeadm upgrade plan names the parts and their versions', async () => {
    const told = await kubeadm(`upgrade plan v${TO}`);
    expect(told).toMatch(new RegExp(`kube-apiserver +node1 +v${from} +v${TO}`));
    expect(told).toContain(`kubeadm upgrade apply v${TO}`);
  });

  test('kubeadm upgrade apply brings the control plane to it; the data are there', async () => {
    await cluster.kubectl('create secret generic kept --from-literal=since=before');
    const told = await kubeadm(`upgrade apply v${TO} --yes --ignore-preflight-errors=all`);
    expect(told).toContain(`A control plane node of your cluster was upgraded to "v${TO}"`);
    expect(await served()).toBe(TO);
    expect(await kubelets(cluster)).toBe(`node1=v${from} node2=v${from}`);
    expect(await cluster.kubectl("get secret kept -o jsonpath='{.data.since}'")).toBe('YmVmb3Jl');
  });

  test('kinit says in one line what changed, and does not go back', async () => {
    const { code, events } = await kinitEvents(['plan', '-i', later]);
    expect(code).toBe(0);
    expect(all(events, 'warning').map(({ text }) => text)).toContain(
      `Kubernetes ${TO} runs here, and kinit brought it to ${from}: kubeadm upgrade, or somebody else, changed that. With kubernetesVersion: ${TO} kinit upgrade does what is left, node by node (--dry-run shows it)`,
    );
    const back = await kinit(['init', '-i', cluster.inventory]);
    expect({ code: back.code, stderr: back.stderr }).toEqual({
      code: 20,
      stderr: expect.stringContaining('does not go back to an earlier version') as string,
    });
  });

  test('kinit upgrade does what kubeadm left, and then all is as the inventory says', async () => {
    const { code, events, stderr } = await kinitEvents(['upgrade', '-i', later], { timeoutSeconds: 1500 });
    expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
      code: 0,
      stderr: '',
      failures: [],
    });
    expect(await kubelets(cluster)).toBe(`node1=v${TO} node2=v${TO}`);
    expect(await served()).toBe(TO);
    expect(await cluster.kubectl("get secret kept -o jsonpath='{.data.since}'")).toBe('YmVmb3Jl');
    expect((await kinitOk(['plan', '-i', later])).stdout).toContain('Nothing to change.');
  });
});
