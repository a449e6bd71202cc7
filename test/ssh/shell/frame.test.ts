import { expect, test } from 'vitest';
import { createFrameReader, createSink } from '../../../src/ssh/shell/frame.js';

const NONCE = '0123456789abcdef0123456789abcdef';

function read(bytes: Buffer, size: number): { events: string[]; seen: string } {
  const events: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') events.push(`data ${text}`);
    text = '';
  };
  const feed = createFrameReader(NONCE, {
    data: (chunk) => {
      text += chunk.toString('latin1');
    },
    mark: (mark) => {
      flush();
      events.push(`mark ${mark}`);
    },
  });
  for (let at = 0; at < bytes.length; at += size) feed(bytes.subarray(at, at + size));
  const seen = text;
  flush();
  return { events, seen };
}

test('output and markers are told apart at every possible boundary', () => {
  const stream = Buffer.from(`one\n\x1e${NONCE} 1 0\nno line break\x1e${NONCE} 2 3\n\x1e${NONCE} 3 0\ntail`, 'latin1');
  for (let size = 1; size <= stream.length; size += 1) {
    expect(read(stream, size).events).toEqual([
      'data one\n',
      'mark 1 0',
      'data no line break',
      'mark 2 3',
      'mark 3 0',
      'data tail',
    ]);
  }
});

test('what only looks like a marker is output', () => {
  const like = `\x1e\x1e${NONCE.slice(0, 31)}x 1 0\n\x1e\xff\x00${NONCE} 1 0\n`;
  for (const size of [1, 2, 7, 33, 200])
    expect(read(Buffer.from(`${like}\x1e${NONCE} 9 0\n`, 'latin1'), size).events).toEqual([`data ${like}`, 'mark 9 0']);
});

test('output that cannot begin a marker is handed on at once', () => {
  expect(read(Buffer.from('waiting for input: '), 100).seen).toBe('waiting for input: ');
  expect(read(Buffer.from('line\n'), 100).seen).toBe('line\n');
});

test('a sink holds up to its limit and says how much was cut', () => {
  const sink = createSink(undefined, 10);
  sink.add(Buffer.from('12345678'));
  sink.add(Buffer.from('90abc'));
  expect(sink.text()).toBe('1234567890\n[kinit: output cut: 10 of 13 bytes are shown]\n');
});

test('lines come as they are complete, the last one at the end, characters never torn', () => {
  const seen: string[] = [];
  const sink = createSink((line) => seen.push(line));
  const bytes = Buffer.from('grün\nblau');
  for (const byte of bytes) sink.add(Buffer.from([byte]));
  expect(seen).toEqual(['grün']);
  expect(sink.text()).toBe('grün\nblau');
  expect(seen).toEqual(['grün', 'blau']);
});

test('what begins as a marker and does not end is handed on, and the next one is still seen', () => {
  const noise = `\x1e${NONCE} ${'x'.repeat(5000)}`;
  for (const size of [7, 1000, 9999])
    expect(read(Buffer.from(`${noise}\x1e${NONCE} 9 0\n`, 'latin1'), size).events).toEqual([
      `data ${noise}`,
      'mark 9 0',
    ]);
});
