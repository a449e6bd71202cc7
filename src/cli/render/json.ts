import type { Output } from '../io.js';
import type { Renderer } from './types.js';

/** Every event as it is, one JSON value a line. */
export function jsonRenderer(output: Output): Renderer {
  return {
    emit: (event) => void output.write(`${JSON.stringify(event)}\n`),
    finish: () => Promise.resolve(),
  };
}
