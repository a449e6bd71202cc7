import { clusterNode, clusterNodeKind } from '../../src/resources/cluster-node/index.js';
import { object, objectKind } from '../../src/resources/object/index.js';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openApi } from '../../src/cluster/api/client.js';
import { createToken, deleteToken, listNodes, listTokens } from '../../src/cluster/index.js';
import { drainForGood } from '../../src/cluster/node/drain.js';
import { lookAtApi, nodeTrouble, workloadTrouble } from '../../src/cluster/waits/api.js';
import { explainPods } from '../../src/cluster/why/pods.js';
import { fakeHost, statusOf } from '../cluster/fakes.js';
import { probePod, probeService } from '../../src/cluster/smoke/objects.js';
import type { KubeObject } from '../../src/model/api.js';
import { KinitError } from '../../src/model/error.js';
import type { HostConnection } from '../../src/model/host.js';
import type { Resource, ResourceKind, Tools } from '../../src/model/resource.js';
import { addOns } from '../../src/add-ons/index.js';
import { networks } from '../../src/network/index.js';
import { kubeadmRbac } from '../../src/control-plane/index.js';
import { makeContext } from '../templates/context.js';
import { kubeBinary, type LocalControlPlane, startControlPlane } from './support/control-plane.js';

const binary = await kubeBinary();
let plane: LocalControlPlane;
let tools: Tools;
const said: string[] = [];

describe.skipIf(binary === undefined)(
  `against a real API server (${binary === undefined ? 'skipped: no Kubernetes built yet, run kinit artifacts build' : 'built from source'})`,
  () => {
    beforeAll(async () => {
      plane = await startControlPlane(binary ?? '');
      tools = {
        host: noHost(),
        api: async () => plane.api,
        progress: (text) => said.push(text),
        begun: new Date(),
        signal: new AbortController().signal,
      };
    }, 120_000);

    afterAll(async () => {
      await plane?.stop();
    });

    test('text and JSON come back, and what does not exist is undefined', async () => {
      expect(await plane.api.request('GET', '/livez')).toEqual({ status: 200, body: 'ok' });
      expect(
        await plane.api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'nope' }),
      ).toBeUndefined();
      expect(await plane.api.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'nope' })).toBe(
        false,
      );
      expect((await plane.api.list('v1', 'Namespace')).map((each) => [each.kind, each.metadata.name])).toContainEqual([
        'Namespace',
        'kube-system',
      ]);
    });

    test('an object is created, then as wanted, then changed with a diff, and the second plan is empty', async () => {
      const wanted = (text: string): KubeObject => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'plan', namespace: 'default' },
        data: { 'a.conf': text },
      });
      expect(await planned(object({ object: wanted('one\ntwo\n') }))).toMatchObject({
        action: 'create',
        summary: 'create ConfigMap default/plan',
      });
      await carryOut(objectKind, object({ object: wanted('one\ntwo\n') }));
      expect(await planned(object({ object: wanted('one\ntwo\n') }))).toBe('ConfigMap default/plan is as wanted');
      const change = await planned(object({ object: wanted('one\n2\n') }));
      expect(change).toMatchObject({ action: 'update' });
      expect(typeof change === 'string' ? '' : change.diff).toMatch(/-\s+two\n\+\s+2\n/);
      await carryOut(objectKind, object({ object: wanted('one\n2\n') }));
      expect(await planned(object({ object: wanted('one\n2\n') }))).toBe('ConfigMap default/plan is as wanted');
    });

    test('defaults that the server fills in are no difference, a field someone changed is', async () => {
      const service: KubeObject = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      };
      const deployment = webDeployment('web', 0);
      for (const each of [service, deployment]) await carryOut(objectKind, object({ object: each }));
      expect(await planned(object({ object: service }))).toBe('Service default/web is as wanted');
      expect(await planned(object({ object: deployment }))).toBe('Deployment default/web is as wanted');
      await plane.api.request(
        'PATCH',
        '/api/v1/namespaces/default/services/web',
        { spec: { selector: { app: 'other' } } },
        'application/merge-patch+json',
      );
      expect(await planned(object({ object: service }))).toMatchObject({
        action: 'update',
        diff: expect.stringContaining('-    app: other\n+    app: web') as string,
      });
    });

    test('a dry run answers with the version it started from: so a change in between is told from a difference', async () => {
      const deployment = webDeployment('moving', 0);
      await carryOut(objectKind, object({ object: deployment }));
      const version = (each: KubeObject | undefined): unknown => each?.metadata['resourceVersion'];
      const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'moving' };
      const dryRun = async (): Promise<KubeObject> =>
        plane.api.apply(
          { ...deployment, metadata: { ...deployment.metadata, labels: { other: 'yes' } } },
          { dryRun: true },
        );
      await vi.waitFor(async () => expect(version(await dryRun())).toBe(version(await plane.api.get(ref))), {
        timeout: 10_000,
      });
      const before = version(await plane.api.get(ref));
      await plane.api.request(
        'PATCH',
        '/apis/apps/v1/namespaces/default/deployments/moving',
        { metadata: { annotations: { a: 'b' } } },
        'application/merge-patch+json',
      );
      expect(version(await dryRun())).not.toBe(before);
    });

    test("a secret's value never stands in a diff", async () => {
      const secret = (value: string): KubeObject => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'hidden', namespace: 'default' },
        stringData: { password: value },
      });
      const create = await planned(object({ object: secret('hunter2') }));
      await carryOut(objectKind, object({ object: secret('hunter2') }));
      const update = await planned(object({ object: secret('correct horse') }));
      const texts = JSON.stringify([create, update]);
      expect(update).toMatchObject({ action: 'update', diff: expect.stringContaining('(secret, sha256 ') as string });
      for (const value of ['hunter2', 'correct horse']) {
        expect(texts).not.toContain(value);
        expect(texts).not.toContain(Buffer.from(value).toString('base64'));
      }
    });

    test('a typo in a manifest and a missing kind are errors that say where', async () => {
      const typo = await failure(
        plane.api.apply({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'typo', namespace: 'default' },
          spec: { prots: [] },
        }),
      );
      expect([statusOf(typo), typo.message, typo.context.found]).toEqual([
        expect.any(Number),
        'the API server refused to apply Service default/typo',
        expect.stringContaining('prots'),
      ]);
      const kind = await failure(plane.api.list('example.org/v1', 'Ghost'));
      expect(kind.message).toContain('does not serve the kind Ghost (example.org/v1)');
    });

    test('custom resources are found by discovery as soon as they are defined', async () => {
      const ref = { apiVersion: 'example.org/v1', kind: 'Widget', name: 'first' };
      expect(await plane.api.get(ref)).toBeUndefined();
      await plane.api.apply({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'widgets.example.org' },
        spec: {
          group: 'example.org',
          scope: 'Cluster',
          names: { plural: 'widgets', kind: 'Widget' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } } },
            },
          ],
        },
      });
      await plane.api.apply({ apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'first' }, size: 3 });
      expect(await plane.api.get(ref)).toMatchObject({ size: 3 });
    });

    test('tokens are made, listed without their secret, accepted by the API server, and deleted', async () => {
      const token = await createToken(plane.api, {
        ttlSeconds: 600,
        description: 'for a test',
        groups: ['system:bootstrappers:test'],
      });
      const forEver = await createToken(plane.api, { ttlSeconds: 0 });
      const listed = await listTokens(plane.api);
      expect(listed.map(({ id }) => id)).toEqual([token.id, forEver.id]);
      expect(listed[0]).toMatchObject({
        description: 'for a test',
        usages: ['authentication', 'signing'],
        groups: ['system:bootstrappers:test'],
      });
      expect(listed[1]?.expires).toBeUndefined();
      expect(JSON.stringify(listed)).not.toContain(token.secret);
      const review = await plane.api.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token: `${token.id}.${token.secret}` },
      });
      expect(review.body).toMatchObject({
        status: { authenticated: true, user: { username: `system:bootstrap:${token.id}` } },
      });
      expect(await deleteToken(plane.api, `${token.id}.${token.secret}`)).toBe(true);
      expect(await deleteToken(plane.api, forEver.id)).toBe(true);
      expect(await listTokens(plane.api)).toEqual([]);
    });

    test('labels and taints of a node follow the inventory and leave those of others alone', async () => {
      await makeNode('worker-a');
      const foreign = { key: 'cloud.example/shutdown', effect: 'NoSchedule' as const };
      await plane.api.request(
        'PATCH',
        '/api/v1/nodes/worker-a',
        { metadata: { labels: { theirs: 'yes' } }, spec: { taints: [foreign] } },
        'application/merge-patch+json',
      );
      const first = clusterNode({
        name: 'worker-a',
        labels: { tier: 'web', zone: 'a' },
        taints: [{ key: 'dedicated', value: 'web', effect: 'NoSchedule' }],
      });
      expect(await planned(first, clusterNodeKind)).toMatchObject({
        reason: 'label tier is missing, label zone is missing, taint dedicated=web:NoSchedule is missing',
      });
      await carryOut(clusterNodeKind, first);
      expect(await planned(first, clusterNodeKind)).toBe('labels and taints of worker-a are as wanted');
      const second = clusterNode({
        name: 'worker-a',
        labels: { tier: 'db' },
        taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }],
      });
      await carryOut(clusterNodeKind, second);
      const third = clusterNode({ name: 'worker-a', labels: { tier: 'db' }, taints: [] });
      let node = await plane.api.get({ apiVersion: 'v1', kind: 'Node', name: 'worker-a' });
      expect(node?.metadata.labels).toEqual({ tier: 'db', theirs: 'yes' });
      expect(node?.['spec']).toMatchObject({
        taints: [foreign, { key: 'dedicated', value: 'db', effect: 'NoSchedule' }],
      });
      await carryOut(clusterNodeKind, third);
      node = await plane.api.get({ apiVersion: 'v1', kind: 'Node', name: 'worker-a' });
      expect(node?.['spec']).toMatchObject({ taints: [foreign] });
      expect(await planned(third, clusterNodeKind)).toBe('labels and taints of worker-a are as wanted');
      expect(await listNodes(plane.api)).toMatchObject([
        { name: 'worker-a', ready: true, roles: [], schedulable: true },
      ]);
    });

    test('a drain keeps to budgets while it can, deletes what is left, and passes static pods by', async () => {
      await makeNode('worker-b');
      await plane.api.apply({
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'all', namespace: 'default' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } },
      });
      for (const [name, more] of Object.entries({
        free: {},
        guarded: { labels: { app: 'guarded' } },
        mirror: { annotations: { 'kubernetes.io/config.mirror': 'x' } },
      }))
        await makePod(name, 'worker-b', more);
      await expect
        .poll(
          async () =>
            (
              await plane.api.get({
                apiVersion: 'policy/v1',
                kind: 'PodDisruptionBudget',
                namespace: 'default',
                name: 'all',
              })
            )?.['status'],
          { timeout: 10_000 },
        )
        .toMatchObject({ expectedPods: 1 });
      said.length = 0;
      // No kubelet confirms the end of evicted pods here, so both are there until time runs out.
      expect(await drainForGood(plane.api, 'worker-b', { timeoutSeconds: 3, progress: tools.progress })).toBe(true);
      expect(said[0]).toBe('evicting 2 pods from worker-b: default/free, default/guarded');
      expect(said.at(-1)).toMatch(
        /^warning: deleting pods that did not leave node worker-b in 3 s: .*default\/guarded/,
      );
      const left = (await plane.api.list('v1', 'Pod', { namespace: 'default' })).map(({ metadata }) => metadata.name);
      expect(left).not.toContain('free');
      expect(left).not.toContain('guarded');
      await plane.api.delete({ apiVersion: 'v1', kind: 'Node', name: 'worker-b' });
      expect((await listNodes(plane.api)).map(({ name }) => name)).toEqual(['worker-a']);
      expect(await drainForGood(plane.api, 'worker-b', { timeoutSeconds: 3, progress: tools.progress })).toBe(false);
    });

    test('what nodes and workloads lack is told in their own words', async () => {
      const nodes = await Promise.all(
        ['worker-a', 'ghost'].map(async (name) =>
          nodeTrouble(name, await plane.api.get({ apiVersion: 'v1', kind: 'Node', name })),
        ),
      );
      expect(nodes.flat()).toEqual(['ghost is not registered']);
      await plane.api.apply(webDeployment('stuck', 1));
      const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'stuck' };
      await expect
        .poll(async () => (await plane.api.list('v1', 'Pod', { labelSelector: 'app=stuck' })).length, {
          timeout: 15_000,
        })
        .toBe(1);
      const pod = (await plane.api.list('v1', 'Pod', { labelSelector: 'app=stuck' }))[0];
      await plane.api.request(
        'PATCH',
        `/api/v1/namespaces/default/pods/${pod?.metadata.name ?? ''}/status`,
        {
          status: {
            containerStatuses: [
              {
                name: 'main',
                image: 'x',
                imageID: '',
                ready: false,
                restartCount: 0,
                state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } },
              },
            ],
          },
        },
        'application/merge-patch+json',
      );
      await expect
        .poll(async () => workloadTrouble(await plane.api.get(ref)), { timeout: 15_000 })
        .toBe('0 of 1 pods are up to date and available');
      expect(await explainPods(plane.api, 'default', 'app=stuck')).toContain(
        'container main waits: ImagePullBackOff: no such image',
      );
    });

    test('everything kinit puts into a cluster is accepted, and the second plan is empty', async () => {
      const context = makeContext();
      const wanted = [...kubeadmRbac(), ...[...addOns, ...networks].flatMap(({ objects }) => objects(context))].map(
        (each) => object({ object: each }),
      );
      for (const each of wanted) await carryOut(objectKind, each);
      const plans = await Promise.all(wanted.map((each) => planned(each)));
      expect(plans.filter((plan) => typeof plan !== 'string')).toEqual([]);
      expect(plans.length).toBeGreaterThan(20);
    });

    test('the probe pods are admitted under the strictest pod security standard', async () => {
      await plane.api.apply({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      });
      const probe = { name: 'kinit-probe-1', namespace: 'strict' };
      await expect
        .poll(
          async () => plane.api.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'strict', name: 'default' }),
          { timeout: 15_000 },
        )
        .toBeDefined();
      await plane.api.apply(probeService(probe));
      await plane.api.apply(
        probePod({
          ...probe,
          node: 'worker-a',
          image: 'x',
          domain: 'cluster.local',
          clusterIP: '10.96.0.7',
          others: 2,
        }),
      );
      const privileged = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'bad', namespace: 'strict' },
        spec: { containers: [{ name: 'a', image: 'x', securityContext: { privileged: true } }] },
      };
      expect(statusOf(await failure(plane.api.apply(privileged)))).toBe(403);
    });

    test('fifty requests at once share at most four connections', async () => {
      let opened = 0;
      const { createConnection } = await import('node:net');
      const client = plane.client({
        connectTcp: async (address, port) => {
          opened++;
          return createConnection(port, address);
        },
      });
      await Promise.all(Array.from({ length: 50 }, () => client.list('v1', 'Namespace')));
      client.close();
      expect(opened).toBeLessThanOrEqual(4);
    });

    test('an API server of another authority is refused with a next step', async () => {
      const stranger = plane.client({ caPem: OTHER_CA });
      const error = await failure(stranger.get({ apiVersion: 'v1', kind: 'Node', name: 'worker-a' }));
      stranger.close();
      expect(error.context).toMatchObject({ class: 'access', hint: expect.stringContaining('certificates') as string });
    });
  },
);

test('a wait for an API that never comes ends in time and names the last failure', async () => {
  const refusing = openApi({
    connectTcp: () => Promise.reject(new Error('connect ECONNREFUSED')),
    address: '10.0.0.1',
    port: 6443,
    caPem: '',
    certPem: '',
    keyPem: '',
  });
  expect(await lookAtApi(refusing, '/readyz')).toEqual({ done: false, missing: 'connect ECONNREFUSED' });
});

async function planned(
  resource: Resource,
  kind: unknown = objectKind,
): Promise<string | { action: string; summary: string; reason: string; diff?: string }> {
  const known = kind as ResourceKind<Resource, unknown>;
  const difference = known.diff(resource, await known.observeCall?.(resource, tools));
  return difference.changed ? difference.change : difference.reason;
}

async function carryOut<R extends Resource, Seen>(kind: ResourceKind<R, Seen>, resource: R): Promise<void> {
  const seen = (await kind.observeCall?.(resource, tools)) as Seen;
  for (const step of kind.apply(resource, seen)) if (step.do === 'call') await step.run(tools);
}

async function makeNode(name: string): Promise<void> {
  await plane.api.request('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  const conditions = [
    {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: '',
      lastHeartbeatTime: new Date().toISOString(),
      lastTransitionTime: new Date().toISOString(),
    },
  ];
  await plane.api.request(
    'PATCH',
    `/api/v1/nodes/${name}/status`,
    { status: { conditions } },
    'application/merge-patch+json',
  );
  // The lifecycle controller taints a new node until it has seen it Ready.
  await expect
    .poll(
      async () =>
        ((await plane.api.get({ apiVersion: 'v1', kind: 'Node', name }))?.['spec'] as { taints?: unknown } | undefined)
          ?.taints,
      { timeout: 20_000 },
    )
    .toBeUndefined();
}

async function makePod(name: string, node: string, metadata: object): Promise<void> {
  await expect
    .poll(
      async () => plane.api.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'default' }),
      { timeout: 15_000 },
    )
    .toBeDefined();
  const made = await plane.api.request('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { nodeName: node, automountServiceAccountToken: false, containers: [{ name: 'main', image: 'x' }] },
  });
  expect(made.status).toBe(201);
  await plane.api.request(
    'PATCH',
    `/api/v1/namespaces/default/pods/${name}/status`,
    { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
    'application/merge-patch+json',
  );
}

function webDeployment(name: string, replicas: number): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'x' }] } },
    },
  };
}

async function failure(promise: Promise<unknown>): Promise<KinitError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof KinitError)) throw new Error(`not a KinitError: ${String(thrown)}`);
  return thrown;
}

/** Tools for kinds that must not touch a host. */
function noHost(): HostConnection {
  return fakeHost({ host: 'none', connectTcp: async () => new PassThrough() });
}

/** A certificate of nobody. */
const OTHER_CA = `-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIUCLgNEMi4RFmdZb+9ZfbeoPg6rZgwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIxMTIyMDQ3WhgPMjEyNjEwMjgxMjIw
NDdaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
R1M2sYTFiHYMpZElnM5WoBlcq6SfxniqtkG52/UQSxEg7EXBlfHm2LY9ZjIfq0Yz
CODk1aFpGhDwnT1+KRmzR6NTMFEwHQYDVR0OBBYEFHdNMs+VRfiuJrFvgBhmzLaC
jpxTMB8GA1UdIwQYMBaAFHdNMs+VRfiuJrFvgBhmzLaCjpxTMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhANIPZOVb6c/ztRQGaIM9jUr/GVb8RitD
/WTav78Ur64IAiEAhw57A8t9ymVr5zhdoI6iritS+dyHQOAa71/NUUiplNk=
-----END CERTIFICATE-----
`;
