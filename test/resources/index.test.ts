import { expect, test } from 'vitest';
import { kindOf } from '../../src/engine/kinds.js';
import { packages } from '../../src/os/index.js';
import * as resources from '../../src/resources/index.js';
import { images } from '../../src/runtime/index.js';
import { observeText, parseAnswer, run, SHELLS } from './sh.js';

const artifact = {
  name: 'x',
  version: '1',
  localFile: '/x',
  sha256: 'a',
  size: 1,
  installPath: '/usr/local/bin/x',
  links: [],
  group: 'tools',
} as const;
const ONE_OF_EACH = [
  resources.binary({ artifact }),
  resources.block({ path: '/x', name: 'x', content: '' }),
  resources.directory({ path: '/x', mode: 0o755 }),
  resources.file({ path: '/x', content: '', mode: 0o644 }),
  resources.firewall({}),
  resources.hostname({ name: 'x' }),
  images({ runtime: 'containerd', images: [] }),
  resources.kernelModule({ name: 'x', required: true }),
  resources.link({ path: '/x', target: '/y' }),
  resources.proof('x', 'echo x'),
  packages({ manager: 'apt', names: ['x'] }),
  resources.selinux({ mode: 'disabled' }),
  resources.service({ name: 'x', enabled: true, running: true }),
  resources.swapOff(),
  resources.sysctl({ key: 'a.b', value: '1' }),
  resources.traces({ runtime: 'containerd', cniInterfaces: [], tables: [], chains: [], paths: [] }),
  resources.unmanagedLinks(['x*']),
  resources.user({ name: 'x', home: '/', shell: '/bin/false' }),
];

test('every resource finds its own kind, and ids differ', () => {
  for (const resource of ONE_OF_EACH) expect(kindOf(resource).kind).toBe(resource.kind);
  expect(new Set(ONE_OF_EACH.map(({ id }) => id)).size).toBe(ONE_OF_EACH.length);
});

test.each(SHELLS)('%s: observing never fails, writes nothing to standard error, and can be read', (shell) => {
  const quiet = ONE_OF_EACH.filter(({ kind }) => !['service', 'firewall'].includes(kind));
  for (const resource of quiet) {
    const kind = kindOf(resource);
    const result = run(shell, observeText(kind, resource));
    expect({ kind: kind.kind, code: result.code, stderr: result.stderr }).toEqual({
      kind: kind.kind,
      code: 0,
      stderr: '',
    });
    expect(parseAnswer(kind, resource, result.stdout)).toBeDefined();
  }
});
