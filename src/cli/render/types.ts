import type { Emit } from '../../model/event.js';
import type { Paint } from '../terminal/colour.js';
import type { Io, Output } from '../terminal/io.js';

/** Shows events while they come. */
export interface Renderer {
  readonly emit: Emit;
  /** Draws nothing while a question stands on the terminal; returns what lets it go on. Absent: it draws line by line. */
  readonly hold?: () => () => void;
  /** Takes the live display down; nothing is drawn afterwards. Called once, also after a failure. */
  readonly finish: () => Promise<void>;
}

export interface RendererOptions {
  readonly io: Io;
  /** Where a person reads; events in JSON always go to standard output. */
  readonly output: Output;
  readonly format: 'text' | 'json';
  readonly verbose: boolean;
  readonly paint: Paint;
}
