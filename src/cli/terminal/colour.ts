import type { Io, Output } from './io.js';

/** Text in colour, or unchanged where colour is not wanted. */
export interface Paint {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** Colour for this output. `wanted` false is --no-color; NO_COLOR (no-color.org) and FORCE_COLOR are heeded. */
export function paintFor(io: Io, output: Output, wanted: boolean): Paint {
  const forced = (io.env['FORCE_COLOR'] ?? '0') !== '0';
  const refused = (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb';
  return paint(wanted && !refused && (forced || output.isTTY === true));
}

/** All colours on or off. */
export function paint(on: boolean): Paint {
  const wrap = (open: number, close: number) => (text: string) =>
    on && text !== '' ? `\u001b[${String(open)}m${text}\u001b[${String(close)}m` : text;
  return {
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
    cyan: wrap(36, 39),
    bold: wrap(1, 22),
    dim: wrap(2, 22),
  };
}
