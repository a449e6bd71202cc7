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
});
