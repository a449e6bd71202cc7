import { expect, test } from 'vitest';
import { paint } from '../../../src/cli/terminal/colour.js';
import { jsonRenderer } from '../../../src/cli/render/json.js';
import { plainRenderer } from '../../../src/cli/render/plain.js';
import { createRenderer } from '../../../src/cli/render/renderer.js';
import type { KinitEvent } from '../../../src/model/event.js';
import { fakeIo } from '../fake-io.js';

const change = { resource: 'swap:all', action: 'update', summary: 'turn swap off', reason: '/dev/sda2 is on' } as const;
const events: readonly KinitEvent[] = [
  {
    type: 'run-started',
    command: 'init',
    hosts: ['a', 'node2'],
    phases: [
      { id: 'swap', title: 'Swap' },
      { id: 'sysctls', title: 'Kernel settings' },
    ],
  },
  { type: 'host-connected', host: 'a', description: 'Debian 12' },
  { type: 'phase-started', host: 'a', phase: 'swap', title: 'Swap' },
  { type: 'change-applied', host: 'a', phase: 'swap', change },
  { type: 'phase-finished', host: 'a', phase: 'swap', changes: 1, seconds: 0.42, roundTrips: 2 },
  {
    type: 'phase-finished',
    host: 'node2',
    phase: 'sysctls',
    changes: 0,
    seconds: 0,
    roundTrips: 1,
    reason: 'all as wanted',
  },
  { type: 'phase-failed', host: 'node2', phase: 'swap', message: 'swapoff\nfailed', error: { class: 'change' } },
  {
    type: 'check',
    host: 'a',
    check: {
      name: 'memory',
      title: 'Memory',
      status: 'error',
      found: '900 MB',
      minimum: '1700 MB',
      hint: 'Add memory.',
    },
  },
  { type: 'check', host: 'a', check: { name: 'cpus', title: 'CPUs', status: 'ok', found: '2' } },
  { type: 'warning', text: 'ipvs is deprecated' },
  { type: 'run-finished', changes: 1, seconds: 75, failedHosts: ['node2'] },
];

function lines(verbose: boolean): string[] {
  const io = fakeIo();
  const renderer = plainRenderer(
    { output: io.stdout, verbose, paint: paint(false) },
    () => new Date(2026, 0, 2, 3, 4, 5),
  );
  for (const event of events) renderer.emit(event);
  return io.out().trimEnd().split('\n');
}

test('a log has the time, host and phase in columns before the text', () => {
  expect(lines(false)).toEqual([
    '03:04:05 -     -       init: 2 hosts (a, node2)',
    '03:04:05 a     -       connected: Debian 12',
    '03:04:05 a     swap    turn swap off',
    '03:04:05 a     swap    1 change (0.4 s, 2 round trips)',
    '03:04:05 node2 swap    FAILED: swapoff failed',
    '03:04:05 a     preflight error: Memory: 900 MB (needs 1700 MB). Add memory.',
    '03:04:05 -     -       warning: ipvs is deprecated',
    '03:04:05 -     -       failed on node2: 1 change in 1 min 15 s',
  ]);
});

test('--verbose also tells what needed no change, and why', () => {
  const text = lines(true).join('\n');
  expect(text).toContain('sysctls nothing to do: all as wanted (0.0 s, 1 round trip)');
  expect(text).toContain('turn swap off (/dev/sda2 is on)');
  expect(text).toContain('ok: CPUs: 2');
});

test('NDJSON is every event with its time, one a line; those that come at once are one write', async () => {
  const written: string[] = [];
  const time = '2026-01-02T03:04:05.678Z';
  const renderer = jsonRenderer({ write: (text) => written.push(text) }, () => new Date(time));
  for (const event of events) renderer.emit(event);
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toHaveLength(1);
  expect(
    written
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(events.map((event) => ({ ...event, time })));
});

test('a terminal that is a build server gets plain lines', () => {
  const io = fakeIo({ tty: true, env: { CI: 'true' } });
  createRenderer({ io, output: io.stdout, format: 'text', verbose: false, paint: paint(false) }).emit({
    type: 'progress',
    host: 'a',
    text: 'hello',
  });
  expect(io.out()).toMatch(/^\d\d:\d\d:\d\d a - hello\n$/);
});

test('JSON goes to standard output also where people read standard error', async () => {
  const io = fakeIo();
  const renderer = createRenderer({
    io,
    output: io.stderr,
    format: 'json',
    verbose: false,
    paint: paint(false),
  });
  renderer.emit({ type: 'warning', text: 'x' });
  await renderer.finish();
  expect({ out: io.out(), err: io.err() }).toEqual({
    out: expect.stringMatching(/^\{"type":"warning","text":"x","time":"[^"]+"\}\n$/) as string,
    err: '',
  });
});

test('what a terminal could take for a command stands escaped in NDJSON', async () => {
  const io = fakeIo();
  const renderer = jsonRenderer(io.stdout);
  renderer.emit({ type: 'warning', text: 'a\u001b[31mb\u009b31mc\u007f' });
  await renderer.finish();
  expect(io.out()).toMatch(/^[\u0020-\u007e]+\n$/);
  expect(JSON.parse(io.out())).toMatchObject({ text: 'a\u001b[31mb\u009b31mc\u007f' });
});

test('what would be sent is told when verbose, and only then', async () => {
  const change = { resource: 'swap', action: 'update', summary: 'turn swap off', reason: 'in use' } as const;
  const event = { type: 'change-planned', host: 'a', phase: 'swap', change, sends: ['script x 1', 'file /y'] } as const;
  const told = async (format: 'text' | 'json', verbose: boolean): Promise<string> => {
    const io = fakeIo();
    const renderer = createRenderer({ io, output: io.stdout, format, verbose, paint: paint(false) });
    renderer.emit({ ...event, sends: [...event.sends] });
    await renderer.finish();
    return io.out();
  };
  expect(await told('text', false)).toBe('');
  expect((await told('text', true)).replaceAll(/\d\d:\d\d:\d\d /g, '')).toBe(
    'a swap would turn swap off (in use)\na swap sends: script x 1\na swap sends: file /y\n',
  );
  expect(await told('json', false)).not.toContain('sends');
  expect(await told('json', true)).toContain('"sends":["script x 1","file /y"]');
});
