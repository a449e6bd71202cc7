import { safeJson } from '../terminal/clean.js';
import type { Output } from '../terminal/io.js';
import type { Renderer } from './types.js';

/**
 * Every event with its time, one JSON value a line. What comes at once is written at once: a thousand hosts that are looked at have tens of
 * thousands of lines, and each write to a pipe waits for it.
 */
export function jsonRenderer(output: Output, now: () => Date = () => new Date()): Renderer {
  let lines = '';
  const flush = (): void => {
    const text = lines;
    lines = '';
    if (text !== '') output.write(text);
  };
  return {
    emit: (event) => {
      if (lines === '') process.nextTick(flush);
      lines += jsonLine({ ...event, time: now().toISOString() });
    },
    finish: () => {
      flush();
      return Promise.resolve();
    },
  };
}

/** One line of NDJSON. */
export function jsonLine(value: unknown): string {
  return `${safeJson(value)}\n`;
}
