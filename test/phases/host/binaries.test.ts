import { expect, test } from 'vitest';
import type { BinaryArtifact } from '../../../src/model/artifact.js';
import { binaries, staged, unstaged } from '../../../src/phases/host/binaries.js';
import { makeContext } from '../../templates/context.js';

const program = (name: string): BinaryArtifact => ({
  name,
  version: '1.0.0',
  localFile: `/store/${name}`,
  sha256: 'a'.repeat(64),
  size: 1,
  installPath: `/usr/local/bin/${name}`,
  links: [],
  group: 'tools',
});

test('a program of control planes is not sent to workers', () => {
  const context = makeContext();
  const server: BinaryArtifact = { ...program('server'), on: 'control-plane' };
  const artifacts = { ...context.artifacts, binaries: [program('all'), server] };
  const sent = (isControlPlane: boolean): string[] =>
    binaries
      .resources({ ...context, artifacts, node: { ...context.node, isControlPlane } })
      .map(({ id }) => id)
      .filter((id) => id.includes('/usr/local/bin/'))
      .map((id) => id.split('/').at(-1) ?? '');
  expect(sent(true)).toEqual(['all', 'server']);
  expect(sent(false)).toEqual(['all']);
});

test('a server that is the agent too goes first in an upgrade, and the agent stays with the program of before', () => {
  const base = makeContext({ controlPlane: { mode: 'embedded' }, datastore: 'sqlite' });
  const names = ['kinit-agent', 'kubectl', 'kubelet'].map((name) => `/usr/local/bin/${name}`);
  const server: BinaryArtifact = { ...program('kinit-server'), links: names, group: 'kinit-server' };
  const facts = { ...base.node.facts, kubernetes: { ...base.node.facts.kubernetes, membership: 'member' as const } };
  const context = { ...base, node: { ...base.node, facts }, artifacts: { ...base.artifacts, binaries: [server] } };
  const brought = (more: object): object[] =>
    binaries
      .resources({ ...context, ...more })
      .filter(({ kind }) => kind === 'binary')
      .map((resource) => {
        const { artifact, holds = [] } = resource as unknown as {
          artifact: BinaryArtifact;
          holds?: readonly string[];
        };
        return { links: artifact.links, holds };
      });
  expect(brought({})).toEqual([{ links: names, holds: [] }]);
  expect(brought({ upgradesFrom: '1.35.4' })).toEqual([
    { links: ['/usr/local/bin/kubectl'], holds: ['/usr/local/bin/kinit-agent', '/usr/local/bin/kubelet'] },
  ]);
});

test('while the cluster soaks the server is of the later version on control planes, and their agent a program of its own', () => {
  const base = makeContext({ controlPlane: { mode: 'embedded' }, datastore: 'sqlite' });
  const links = ['kinit-agent', 'kubectl', 'kubelet'].map((name) => `/usr/local/bin/${name}`);
  const server = (version: string): BinaryArtifact => ({
    ...program('kinit-server'),
    ...{ version, links, group: 'kinit-server' },
  });
  const artifacts = {
    ...base.artifacts,
    binaries: [server('1.35.4')],
    ahead: { kubernetesVersion: '1.36.3', images: [], binaries: [server('1.36.3')] },
  };
  const brought = (isControlPlane: boolean): string[] =>
    binaries.resources({ ...base, artifacts, node: { ...base.node, isControlPlane } }).flatMap((resource) => {
      if (resource.kind !== 'binary') return [];
      const { artifact, sameAs = '' } = resource as unknown as { artifact: BinaryArtifact; sameAs?: string };
      return [[artifact.installPath, artifact.version, ...artifact.links, sameAs].join(' ').trim()];
    });
  const bin = '/usr/local/bin';
  expect(brought(true)).toEqual([
    `${bin}/kinit-agent 1.35.4 ${bin}/kubelet ${bin}/kinit-server`,
    `${bin}/kinit-server 1.36.3 ${bin}/kubectl`,
  ]);
  expect(brought(false)).toEqual([`${bin}/kinit-server 1.35.4 ${links.join(' ')}`]);
});

test('what an upgrade brings beside the programs in use is what it takes away again at its end', () => {
  const context = makeContext();
  const kubelet: BinaryArtifact = { ...program('kubelet'), group: 'kubernetes' };
  const artifacts = { ...context.artifacts, binaries: [program('tool'), kubelet] };
  const paths = (phase: typeof staged, kind: string): string[] =>
    phase
      .resources({ ...context, artifacts })
      .flatMap(({ id }) => (id.startsWith(`${kind}:`) ? [id.slice(kind.length + 1)] : []));
  expect(paths(staged, 'binary')).toEqual(['/var/lib/kinit/staged/kubelet']);
  expect(paths(unstaged, 'absentFile')).toEqual(paths(staged, 'binary'));
  // Where its turn has come already, it is not sent again for that.
  expect(staged.resources({ ...context, artifacts }).at(-1)).toMatchObject({ sameAs: kubelet.installPath });
});
