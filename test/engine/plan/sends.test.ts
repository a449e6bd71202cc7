import { expect, test } from 'vitest';
import { certificateWishes } from '../../../src/control-plane/index.js';
import { kindOf } from '../../../src/engine/kinds.js';
import { whatIsSent } from '../../../src/engine/plan/sends.js';
import type { Observed } from '../../../src/engine/change/observe.js';
import type { Step } from '../../../src/model/resource.js';
import { phases } from '../../../src/phases/index.js';
import { planMaterial } from '../../../src/pki/index.js';
import { sh, shellScript } from '../../../src/shell/script.js';
import { parseAnswer } from '../../resources/sh.js';
import { makeContext } from '../../templates/context.js';

const TURN_OFF = shellScript('./turn-off.sh', new URL('../../../src/resources/swap/index.js', import.meta.url).href);

function lines(steps: readonly Step[], save?: string): string[] {
  const resource = { kind: 'x', id: 'x' };
  const kind = {
    kind: 'x',
    describe: { change: '', undone: '' },
    diff: () => ({ changed: false, reason: '' }) as const,
    apply: () => steps,
    ...(save === undefined ? {} : { undo: { version: 1, record: () => ({ save, data: {} }), restore: () => ':' } }),
  };
  return whatIsSent({ resource, kind, seen: {}, difference: kind.diff() });
}

test('scripts stand by name and arguments, files by path, size and mode, calls by title; contents stand nowhere', () => {
  const script = sh(TURN_OFF, { args: ['zram.service', 'x'.repeat(100), 'two words'] });
  expect(
    lines(
      [
        { do: 'script', script, stdin: 'secret' },
        { do: 'script', script: 'mkdir /x\nmore' },
        { do: 'upload', files: [{ path: '/etc/x', content: { bytes: Buffer.from('secret') }, mode: 0o600 }] },
        {
          do: 'upload',
          files: [{ path: '/bin/y', content: { localFile: '/s', size: 9 }, mode: 0o755, owner: 'etcd' }],
        },
        { do: 'call', title: 'import 2 images', run: () => Promise.resolve() },
      ],
      script,
    ),
  ).toEqual([
    `script resources/swap/turn-off zram.service (100 characters) 'two words', for reset`,
    `script resources/swap/turn-off zram.service (100 characters) 'two words', with standard input`,
    'mkdir /x (13 characters)',
    'file /etc/x, 6 bytes, mode 600',
    'file /bin/y, 9 bytes, mode 755, owner etcd',
    'import 2 images',
  ]);
});

test('on a bare host every change says what it sends, in single lines without a key', async () => {
  const bare = makeContext({});
  const { spec, nodes, leader, endpoint } = bare;
  const now = new Date('2026-01-01T00:00:00Z');
  const wishes = (node: typeof leader) => certificateWishes({ ...bare, node });
  const material = await planMaterial({ spec, nodes, leader, endpoint, existing: new Map(), wishes, now });
  const context = { ...bare, material };
  const observed = phases
    .filter((phase) => phase.appliesTo(context))
    .flatMap((phase) => phase.resources(context))
    .map((resource): Observed => {
      const kind = kindOf(resource);
      const seen = parseAnswer(kind, resource, 'type=absent\n') ?? {};
      return { resource, kind, seen, difference: kind.diff(resource, seen) };
    })
    .filter(({ difference }) => difference.changed);
  const sent = observed.map(whatIsSent);
  expect(sent.length).toBeGreaterThan(80);
  expect(sent.filter((each) => each.length === 0)).toEqual([]);
  expect(
    sent.flat().filter((line) => line.includes('\n') || line.includes('PRIVATE KEY') || line.length > 600),
  ).toEqual([]);
  // Keys take seconds to make.
}, 120_000);
