import { isInteractive } from '../terminal/io.js';
import { jsonRenderer } from './json.js';
import { plainRenderer } from './plain.js';
import { terminalRenderer } from './live/display.js';
import type { Renderer, RendererOptions } from './types.js';

/** NDJSON when asked for, a live display on a terminal, plain lines else (logs, CI, --verbose). */
export function createRenderer(options: RendererOptions): Renderer {
  if (options.format === 'json') {
    const json = jsonRenderer(options.io.stdout);
    return options.verbose ? json : brief(json);
  }
  const plain = plainRenderer(options);
  return isInteractive(options.io, options.output) && !options.verbose ? terminalRenderer(options, plain) : plain;
}

/** Without what is only told when verbose. */
function brief(renderer: Renderer): Renderer {
  return {
    ...renderer,
    emit: (event) => {
      if (event.type !== 'change-planned') return renderer.emit(event);
      const { sends: _sends, ...rest } = event;
      renderer.emit(rest);
    },
  };
}
