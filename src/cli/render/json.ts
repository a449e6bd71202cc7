import { safeJson } from '../terminal/clean.js';
import type { Output } from '../terminal/io.js';
import type { Renderer } from './types.js';

/** Every event with its time, one JSON value a line. */
export function jsonRenderer(output: Output, now: () => Date = () => new Date()): Renderer {
  return {
    emit: (event) => void output.write(jsonLine({ ...event, time: now().toISOString() })),
    finish: () => Promise.resolve(),
  };
}

/** One line of NDJSON. */
export function jsonLine(value: unknown): string {
  return `${safeJson(value)}\n`;
}
