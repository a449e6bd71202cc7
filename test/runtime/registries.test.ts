import { expect, test } from 'vitest';
import type { PhaseContext } from '../../src/model/phase.js';
import { containerdResources } from '../../src/runtime/containerd/resources.js';
import { crioResources } from '../../src/runtime/crio/resources.js';
import { dockerResources } from '../../src/runtime/docker/resources.js';
import { makeContext } from '../templates/context.js';

/** A host on which kinit has written these files before. */
function after(paths: readonly string[], runtime: Record<string, unknown> = {}): PhaseContext {
  const context = makeContext({ runtime });
  const { node } = context;
  const past = { now: 0, recorded: paths.map((path) => `file:${path}`), files: [], links: [], chains: [] };
  const facts = { ...node.facts, past: { ...past, units: [], sysctls: [], places: [] } };
  return { ...context, node: { ...node, facts } };
}

const deleted = (resources: readonly { readonly id: string }[]): string[] =>
  resources.flatMap(({ id }) => (id.startsWith('absentFile:') ? [id.slice('absentFile:'.length)] : []));

test.each([
  ['containerd', containerdResources, '/etc/containerd/certs.d', '/etc/containerd/kinit-logins.toml'],
  ['crio', crioResources, '/etc/containers/certs.d', '/etc/crio/kinit-auth.json'],
  ['docker', dockerResources, '/etc/docker/certs.d', '/var/lib/kubelet/config.json'],
] as const)(
  '%s: what was written for registries goes when they leave the inventory',
  (name, resources, folder, logins) => {
    const former = [`${folder}/quay.io/ca.crt`, logins];
    expect(deleted(resources(after([...former, `${folder}x/mine`, '/etc/hosts'], { name })))).toEqual(former);
    expect(deleted(resources(after([], { name })))).toEqual([]);
  },
);

test('what is still named stays, and so does the file of logins where no password was read', () => {
  const registries = [{ registry: 'quay.io', username: 'me', passwordEnv: 'X', insecure: true }];
  const there = ['/etc/containerd/certs.d/quay.io/hosts.toml', '/etc/containerd/kinit-logins.toml'];
  const gone = '/etc/containerd/certs.d/quay.io/ca.crt';
  expect(deleted(containerdResources(after([...there, gone], { registries })))).toEqual([gone]);
});
