import { expect, test } from 'vitest';
import { paint } from '../../../../src/cli/terminal/colour.js';
import { createRenderer } from '../../../../src/cli/render/renderer.js';
import { fakeIo } from '../../fake-io.js';

const start = {
  type: 'run-started',
  command: 'init',
  hosts: ['a', 'b'],
  phases: [{ id: 'swap', title: 'Turn swap off' }],
} as const;

test('a terminal gets a live display that ends with each host once, and warnings below it', async () => {
  const io = fakeIo({ tty: true, env: { TERM: 'xterm' } });
  const renderer = createRenderer({ io, output: io.stdout, format: 'text', verbose: false, paint: paint(false) });
  renderer.emit(start);
  renderer.emit({ type: 'warning', text: 'old \u001b[2Jkernel' });
  renderer.emit({
    type: 'host-finished',
    host: 'a',
    outcome: 'done',
    changes: 2,
    seconds: 3,
    execChannels: 3,
    roundTrips: 4,
  });
  renderer.emit({ type: 'phase-failed', host: 'b', phase: 'swap', message: 'no', error: { class: 'change' } });
  await renderer.finish();
  const [end = ''] = io.out().split('\u001b[G').slice(-1);
  expect(end.match(/a {2}2 changes in 3\.0 s/g)).toHaveLength(1);
  expect(end).toContain('b  FAILED: Turn swap off: no');
  expect(end.trimEnd().split('\n').at(-1)).toContain('warning: old kernel');
});

test('more hosts than the terminal has rows for are one line', async () => {
  const io = fakeIo({ tty: true, env: { TERM: 'xterm' } });
  const renderer = createRenderer({ io, output: io.stdout, format: 'text', verbose: false, paint: paint(false) });
  renderer.emit({ ...start, hosts: Array.from({ length: 100 }, (_, index) => `node${String(index)}`) });
  await renderer.finish();
  expect(io.out()).toContain('init  100 hosts');
  expect(io.out()).toContain('connecting: 100');
  expect(io.out()).not.toContain('node7');
});
