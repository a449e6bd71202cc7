import { beforeAll, expect, test } from 'vitest';
import { masksOf } from '../../../src/engine/plan/masks.js';
import type { Observed } from '../../../src/engine/change/observe.js';
import { plannedChanges, wantedDigest } from '../../../src/engine/plan/content.js';
import type { PlannedChange } from '../../../src/model/plan.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import type { Resource } from '../../../src/model/resource.js';
import { phases } from '../../../src/phases/index.js';
import { planMaterial } from '../../../src/pki/index.js';
import { kindOf } from '../../../src/engine/kinds.js';
import { certificateWishes } from '../../../src/control-plane/index.js';
import { parseAnswer } from '../../resources/sh.js';
import { makeContext } from '../../templates/context.js';

/** What a bare host says when it is asked, kind by kind. */
function onBareHost(resource: Resource): Observed {
  const kind = kindOf(resource);
  const seen = parseAnswer(kind, resource, 'type=absent\n') ?? {};
  return { resource, kind, seen, difference: kind.diff(resource, seen) };
}

async function bareContext(now: Date, input: Record<string, unknown> = {}): Promise<PhaseContext> {
  const context = makeContext(input);
  const material = await planMaterial({
    spec: context.spec,
    nodes: context.nodes,
    leader: context.leader,
    endpoint: context.endpoint,
    existing: new Map(),
    wishes: (node) => certificateWishes({ ...context, node }),
    now,
  });
  return { ...context, material };
}

function planOf(context: PhaseContext, found: Readonly<Record<string, string>> = {}): PlannedChange[] {
  const masks = masksOf(context.material, new Map([[context.leader.spec.name, found]]), [context.leader.spec.name])(
    context.node.spec.name,
  );
  // All phases: what is made anew may stand, or be part of a digest, anywhere.
  return phases
    .filter((phase) => phase.appliesTo(context))
    .flatMap((phase) => plannedChanges(phase.id, phase.resources(context).map(onBareHost), masks));
}

// Keys take seconds to make: once for all tests.
let january: PhaseContext;
let february: PhaseContext;
let otherName: PhaseContext;
beforeAll(async () => {
  january = await bareContext(new Date('2026-01-01T00:00:00Z'));
  february = await bareContext(new Date('2026-02-03T04:05:06Z'));
  otherName = await bareContext(new Date('2026-01-01T00:00:00Z'), {
    apiServer: { endpoint: 'api.example:6443', certSANs: ['other.example'] },
  });
}, 120_000);

test('two plans of the same bare host are the same, though certificates and keys are made anew for each', () => {
  expect(january.material).not.toEqual(february.material);
  const plan = planOf(january);
  expect(plan).toEqual(planOf(february));
  expect(plan.length).toBeGreaterThan(80);
});

test('a plan tells what certificates will be for, and holds no key and no certificate that nobody will get', () => {
  const plan = planOf(january);
  const text = JSON.stringify(plan);
  for (const { content } of Object.values(january.material['n1'] ?? {})) {
    expect(text).not.toContain(JSON.stringify(content).slice(1, -1));
    expect(text).not.toContain(Buffer.from(content).toString('base64'));
  }
  expect(text).not.toMatch(/BEGIN|PRIVATE KEY-----/);
  const apiServer = plan.find(({ resource }) => resource === 'file:/etc/kubernetes/pki/apiserver.crt');
  expect(apiServer?.reason).toMatch(
    /^does not exist \(made at apply: certificate CN=kube-apiserver, issued by CN=kubernetes, for DNS:n1, .*usages serverAuth, valid 365 days\)$/,
  );
  expect(plan.find(({ resource }) => resource === 'file:/etc/kubernetes/pki/ca.key')?.reason).toBe(
    'does not exist (secret, (made at apply: private key))',
  );
  expect(plan.find(({ resource }) => resource.endsWith('/cluster-info'))?.diff).toContain(
    'certificate-authority-data: (made at apply: CA certificate CN=kubernetes, for DNS:kubernetes, valid 3650 days)',
  );
});

test('another name in a certificate is another plan', () => {
  const other = planOf(otherName);
  const differing = planOf(january).filter((change, index) => other[index]?.wanted !== change.wanted);
  expect(differing.map(({ resource }) => resource)).toContain('file:/etc/kubernetes/pki/apiserver.crt');
  expect(differing.map(({ resource }) => resource)).not.toContain('file:/etc/kubernetes/pki/ca.crt');
});

test('an apply that was cut has made its CA: what is wanted of the rest is still what was reviewed', () => {
  const found = Object.fromEntries(
    Object.entries(january.material['n1'] ?? {}).map(([path, { content }]) => [path, content]),
  );
  const wanted = (changes: PlannedChange[]): string[] =>
    changes.map(({ resource, wanted: digest }) => `${resource} ${digest}`);
  expect(wanted(planOf(january, found))).toEqual(wanted(planOf(january)));
});

test('where an artifact lies on this machine is no part of what is wanted; what it holds is', () => {
  const masks = masksOf({}, new Map(), [])('w1');
  const binary = (localFile: string, sha256: string): Resource =>
    ({ kind: 'binary', id: 'binary:x', artifact: { localFile, sha256 } }) as Resource;
  expect(wantedDigest(binary('/a', '1'), masks)).toBe(wantedDigest(binary('/b', '1'), masks));
  expect(wantedDigest(binary('/a', '1'), masks)).not.toBe(wantedDigest(binary('/a', '2'), masks));
});
