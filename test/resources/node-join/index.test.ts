import { expect, test, vi } from 'vitest';
import { nodeJoin, nodeJoinKind, type NodeJoinSeen } from '../../../src/resources/node-join/index.js';
import { selfSignCa } from '../../../src/pki/x509/certificate.js';
import { newKey } from '../../../src/pki/x509/keys.js';
import type { ApiResponse, KubeObject } from '../../../src/model/api.js';
import type { CommandResult, HostConnection, UploadFile } from '../../../src/model/host.js';
import { failure, fakeApi, type FakeApi, fakeHost, fakeTools, localHost, node } from '../../cluster/fakes.js';

const CA = '-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n';
const account: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { namespace: 'default', name: 'default' },
};
const worker = nodeJoin({
  name: 'worker-1',
  endpoint: '10.0.0.1:6443',
  caPem: CA,
  clusterName: 'demo',
  kubeletConfPath: '/etc/kubernetes/kubelet.conf',
  revision: 'r1',
});

interface Scene {
  readonly api: FakeApi;
  readonly tools: ReturnType<typeof fakeTools>;
  readonly scripts: string[];
  /** What was run before the kubelet was started. */
  readonly prepared: string[];
  readonly uploads: UploadFile[];
}

function scene(answers: readonly (CommandResult | 'stop')[], objects: readonly KubeObject[] = []): Scene {
  const stop = new AbortController();
  const queue = [...answers];
  const scripts: string[] = [];
  const prepared: string[] = [];
  const uploads: UploadFile[] = [];
  const host: HostConnection = fakeHost({
    run: async (script) => {
      if (script.startsWith('rm -f -- /etc/kubernetes/bootstrap-kubelet.conf')) {
        scripts.push('remove bootstrap file');
        return { code: 0, stdout: '', stderr: '' };
      }
      if (script.startsWith('( # resources/node-join/prepare')) {
        prepared.push(script);
        return { code: 0, stdout: '', stderr: '' };
      }
      scripts.push(script);
      const answer = queue.shift();
      if (answer === undefined) throw new Error(`the test did not expect: ${script}`);
      if (answer !== 'stop') return answer;
      stop.abort();
      return { code: 1, stdout: '', stderr: '' };
    },
    upload: async (files) => void uploads.push(...files),
  });
  const api = fakeApi([account, ...objects], {
    'POST /api/v1/namespaces/kube-system/secrets': (body): ApiResponse => {
      const secret = body as KubeObject;
      api.objects.set(`Secret kube-system/${secret.metadata.name}`, secret);
      return { status: 201, body };
    },
  });
  return { api, tools: fakeTools({ host, api, signal: stop.signal }), scripts, prepared, uploads };
}

async function join(
  { tools }: Scene,
  seen: NodeJoinSeen = { joined: false, unfinished: false, trusts: '' },
): Promise<void> {
  for (const step of nodeJoinKind.apply(worker, seen)) if (step.do === 'call') await step.run(tools);
}

const ok: CommandResult = { code: 0, stdout: '', stderr: '' };
const tokensOf = ({ api }: Scene): string[] => [...api.objects.keys()].filter((key) => key.includes('bootstrap-token'));

test('nothing to do on a host that has joined this cluster, also when its kubeconfig trusts a second authority', () => {
  expect(
    nodeJoinKind.diff(worker, {
      joined: true,
      unfinished: false,
      trusts: `${CA}-----BEGIN CERTIFICATE-----\nb3RoZXI=\n-----END CERTIFICATE-----\n`,
    }),
  ).toEqual({ changed: false, reason: 'worker-1 has joined' });
});

test('a join uses one short-lived token for this node, in a file for root only, and leaves neither behind', async () => {
  const now = scene([ok]);
  let during: unknown;
  const { upload } = now.tools.host;
  Object.assign(now.tools.host, {
    upload: async (files: UploadFile[]) => {
      during = [...now.api.objects.values()].find(({ kind }) => kind === 'Secret');
      await upload(files);
    },
  });
  await join(now);
  const decode = (key: string): string =>
    Buffer.from((during as { data: Record<string, string> }).data[key] ?? '', 'base64').toString();
  expect(decode('description')).toContain('worker-1');
  expect(decode('auth-extra-groups')).toBe('system:bootstrappers:kubeadm:default-node-token');
  expect([decode('usage-bootstrap-authentication'), decode('usage-bootstrap-signing')]).toEqual(['true', '']);
  const minutes = (Date.parse(decode('expiration')) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(8);
  expect(minutes).toBeLessThan(11);
  expect(now.uploads).toMatchObject([{ path: '/etc/kubernetes/bootstrap-kubelet.conf', mode: 0o600 }]);
  const text = Buffer.from((now.uploads[0]?.content as { bytes: Uint8Array }).bytes).toString();
  expect(text).toContain(`token: ${decode('token-id')}.${decode('token-secret')}`);
  expect(text).toContain('server: https://10.0.0.1:6443');
  expect(text).toContain(Buffer.from(CA).toString('base64'));
  expect(now.scripts.join('\n')).not.toContain(decode('token-secret'));
  expect(now.scripts).toHaveLength(2);
  expect(now.scripts[1]).toBe('remove bootstrap file');
  expect(tokensOf(now)).toEqual([]);
});

test('with a kubeconfig that was made for it a host joins without a token', async () => {
  const now = scene([ok]);
  const given = nodeJoin({ ...worker, kubeconfig: 'kind: Config' });
  for (const step of nodeJoinKind.apply(given, { joined: false, unfinished: false, trusts: '' }))
    if (step.do === 'call') await step.run(now.tools);
  expect(now.uploads).toMatchObject([{ path: '/etc/kubernetes/kubelet.conf', mode: 0o600 }]);
  expect([tokensOf(now), now.scripts.length]).toEqual([[], 1]);
});

test('what a run left that was killed after the join goes, with its token, and the kubelet is not started again', async () => {
  const seen = { joined: true, unfinished: true, trusts: CA };
  expect(nodeJoinKind.diff(worker, seen)).toMatchObject({
    changed: true,
    change: { action: 'delete', summary: 'remove what worker-1 joined with' },
  });
  const token = (id: string, description: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: { 'token-id': Buffer.from(id).toString('base64'), description: Buffer.from(description).toString('base64') },
  });
  const now = scene(
    [],
    [token('aaaaaa', 'kinit: joins node worker-1'), token('bbbbbb', 'kinit: joins node worker-10')],
  );
  await join(now, seen);
  expect(tokensOf(now)).toEqual(['Secret kube-system/bootstrap-token-bbbbbb']);
  expect(now.scripts).toEqual(['remove bootstrap file']);
});

test('the kubelet is not started before the controller manager works', async () => {
  const now = scene([ok]);
  now.api.objects.delete('ServiceAccount default/default');
  const joining = join(now);
  await vi.waitFor(() => expect(now.tools.said.join()).toContain('waiting for the controller manager'));
  expect(now.scripts).toEqual([]);
  now.api.objects.set('ServiceAccount default/default', account);
  await joining;
  expect(now.scripts).toHaveLength(2);
});

test('Ctrl-C ends the wait, and the token and its file are gone', async () => {
  const now = scene(['stop']);
  expect((await failure(join(now))).context.class).toBe('interrupted');
  expect(tokensOf(now)).toEqual([]);
  expect(now.scripts.at(-1)).toBe('remove bootstrap file');
});

test('a kubelet that ends again and again is not waited for; its own words are told', async () => {
  const logs = [
    'ActiveState=activating',
    'SubState=auto-restart',
    'NRestarts=3',
    'restarts=3',
    '=== kinit journal',
    'I0501 10:00:00.000000    1 server.go:1] "Starting"',
    'E0501 10:00:00.100000    1 kubelet.go:2] "Unable to read config path" err="path does not exist"',
    'E0501 10:00:00.200000  812 run.go:72] "command failed" err="failed to run Kubelet: running with swap on is not supported"',
  ].join('\n');
  const now = scene([
    { code: 1, stdout: '', stderr: '' },
    { code: 0, stdout: logs, stderr: '' },
  ]);
  const error = await failure(join(now));
  expect(error.message).toBe('worker-1 did not join the cluster');
  expect(error.context.found).toBe(
    'kubelet (started again 3 times): "command failed" err="failed to run Kubelet: running with swap on is not supported"',
  );
  expect(tokensOf(now)).toEqual([]);
});

test('a Node that is left over is deleted first; a living one of that name is another machine', async () => {
  const stale = scene([ok], [node('worker-1', false)]);
  await join(stale);
  expect(stale.api.calls).toContain('delete Node/worker-1');
  expect(stale.tools.said[0]).toContain('left over');
});

test("a kubelet whose certificate ended while it was off gets another one by a token; its node and that node's pods stay", async () => {
  const at = (date: string): bigint => BigInt(Date.parse(date)) * 1_000_000n;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const { key } = await newKey('ECDSA-P256');
  const pem = selfSignCa('system:node:worker-1', key, {
    notBefore: new Date('2030-05-01T00:00:00Z'),
    notAfter: new Date('2031-05-01T00:00:00Z'),
  });
  const seen = (clock: bigint): NodeJoinSeen | undefined =>
    nodeJoinKind.parse?.(worker, ['joined', base64(CA), base64(pem), String(clock)].join('\n'));
  expect(seen(at('2031-04-30T00:00:00Z'))).toEqual({
    ...{ joined: true, unfinished: false, trusts: CA },
    certificate: pem,
  });
  const ended = seen(at('2031-05-02T00:00:00Z'));
  if (ended === undefined) throw new Error('nothing was seen');
  expect(ended).toEqual({
    ...{ joined: true, unfinished: false, trusts: CA, ended: '2031-05-01' },
    certificate: pem,
  });
  expect(nodeJoinKind.diff(worker, ended)).toMatchObject({
    changed: true,
    change: { action: 'run', reason: "its kubelet's certificate ended on 2031-05-01" },
  });
  const now = scene([ok], [node('worker-1', false)]);
  await join(now, ended);
  expect(now.prepared[0]).toMatch(/kubelet-client-current\.pem/);
  expect(now.api.calls).not.toContain('delete Node/worker-1');
  expect(tokensOf(now)).toEqual([]);
  const first = scene([ok]);
  await join(first);
  expect(first.prepared[0]).not.toMatch(/kubelet-client-current\.pem/);
});

test('a host of another cluster is refused before anything is changed', async () => {
  const now = scene([]);
  const seen = {
    joined: true,
    unfinished: false,
    trusts: '-----BEGIN CERTIFICATE-----\nb3RoZXI=\n-----END CERTIFICATE-----\n',
  };
  expect(nodeJoinKind.diff(worker, seen)).toMatchObject({
    changed: true,
    change: { reason: '/etc/kubernetes/kubelet.conf belongs to another cluster' },
  });
  const error = await failure(join(now, seen));
  expect(error.context).toMatchObject({
    class: 'preflight',
    hint: expect.stringContaining('Set `leftovers: set-aside` for worker-1') as string,
  });
  expect(now.api.calls).toEqual([]);
});

test('what is observed on a bare host is: not joined', async () => {
  const script = nodeJoinKind.observe?.({ ...worker, kubeletConfPath: '/nonexistent/kubelet.conf' }) ?? '';
  const { stdout } = await localHost().run(script);
  expect(nodeJoinKind.parse?.(worker, stdout)).toEqual({ joined: false, unfinished: false, trusts: '' });
  const joined = `joined\n${Buffer.from(CA).toString('base64')}\n`;
  expect(nodeJoinKind.parse?.(worker, joined)).toEqual({ joined: true, unfinished: false, trusts: CA });
  expect(nodeJoinKind.parse?.(worker, joined.replace('joined', 'unfinished'))).toEqual({
    joined: true,
    unfinished: true,
    trusts: CA,
  });
});

test('a kubelet whose certificate is of a CA that is being replaced joins again, one that has a new one does not', async () => {
  const day = 86_400_000;
  const period = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const make = async (): Promise<string> => selfSignCa('kubernetes', (await newKey('ECDSA-P256')).key, period);
  const [former, signer] = [await make(), await make()];
  const resource = { ...worker, caPem: `${signer}${former}`, signer };
  const seen = { joined: true, unfinished: false, trusts: `${former}${signer}` };
  // A CA has signed itself: as good as any other certificate of it.
  expect(nodeJoinKind.diff(resource, { ...seen, certificate: former })).toMatchObject({
    changed: true,
    change: { reason: "its kubelet's certificate is of the CA that is being replaced" },
  });
  expect(nodeJoinKind.diff(resource, { ...seen, certificate: signer }).changed).toBe(false);
  expect(nodeJoinKind.diff({ ...worker, caPem: signer }, { ...seen, certificate: former }).changed).toBe(false);
  expect(nodeJoinKind.diff({ ...worker, caPem: await make() }, { ...seen }).changed).toBe(true);
});
