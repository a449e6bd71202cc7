import { safeJson } from '../clean.js';
import type { Output } from '../io.js';
import type { Renderer } from './types.js';

/** Every event with its time, one JSON value a line. */
export function jsonRenderer(output: Output, now: () => Date = () => new Date()): Renderer {
  return {
    emit: (event) => void output.write(jsonLine({ ...event, time: now().toISOString() })),
    finish: () => Promise.resolve(),
  };
}

/** One line of NDJSON. What a terminal could take for a command (8-bit controls, DEL) is escaped too: JSON itself escapes only the rest. */
export function jsonLine(value: unknown): string {
  return `${safeJson(value).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
