import { isInteractive } from '../terminal/io.js';
import { jsonRenderer } from './json.js';
import { plainRenderer } from './plain.js';
import { terminalRenderer } from './live/display.js';
import type { Renderer, RendererOptions } from './types.js';

/** NDJSON when asked for, a live display on a terminal, plain lines else (logs, CI, --verbose). */
export function createRenderer(options: RendererOptions): Renderer {
  if (options.format === 'json') return jsonRenderer(options.io.stdout);
  const plain = plainRenderer(options);
  return isInteractive(options.io, options.output) && !options.verbose ? terminalRenderer(options, plain) : plain;
}
