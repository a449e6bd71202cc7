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

test('a thousand hosts fit on 80 x 24, whatever they do', async () => {
  const io = fakeIo({ tty: true, env: { TERM: 'xterm' }, columns: 80, rows: 24 });
  const renderer = createRenderer({ io, output: io.stdout, format: 'text', verbose: false, paint: paint(false) });
  const hosts = Array.from({ length: 1000 }, (_, index) => `node${String(index)}`);
  const phases = Array.from({ length: 40 }, (_, index) => ({
    id: `p${String(index)}`,
    title: `Phase ${String(index)}`,
  }));
  renderer.emit({ ...start, hosts, phases });
  hosts.forEach((host, index) => {
    const phase = `p${String(index % 40)}`;
    renderer.emit({ type: 'host-connected', host, description: `${host} ${'of many words '.repeat(20)}` });
    renderer.emit({ type: 'phase-started', host, phase, title: `Phase ${String(index % 40)}` });
    if (index % 9 === 0)
      renderer.emit({ type: 'phase-failed', host, phase, message: 'no', error: { class: 'change' } });
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const live = io.out();
  await renderer.finish();
  const frames = live.split('\u001b[G').filter((frame) => frame.includes('init  1000 hosts'));
  expect(frames.length).toBeGreaterThan(0);
  const rows = frames.map((frame) =>
    frame
      .replace(/\u001b\[[\d;?]*[A-Za-z]/g, '')
      .trimEnd()
      .split('\n'),
  );
  expect(Math.max(...rows.map((lines) => lines.length))).toBeLessThanOrEqual(24);
  expect(Math.max(...rows.flat().map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(frames.at(-1)).toMatch(/failed: 112/);
});
