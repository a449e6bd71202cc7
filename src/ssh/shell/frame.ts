/** Where a marker starts: a byte that plain output does not hold, then a nonce that nothing on the host can guess. */
const START = 0x1e;
/** Bytes of what stands in a marker behind the nonce. */
const LONGEST_MARK = 256;

/** sh text that writes a marker on standard output and on standard error. `text` is made of shell words without quotes, for example '7 $code'. */
export function printMarker(nonce: string, text: string): string {
  const print = printMark(nonce, text);
  return `${print}; ${print} >&2`;
}

/** The same on standard output only. */
export function printMark(nonce: string, text: string): string {
  return `printf '\\036%s\\n' "${nonce} ${text}"`;
}

/**
 * Splits a stream into output and markers ('\x1e<nonce> <text>\n'), whatever the chunks' boundaries.
 * Output that cannot be the beginning of a marker is handed on at once.
 */
export function createFrameReader(
  nonce: string,
  on: { readonly data: (bytes: Buffer) => void; readonly mark: (text: string) => void },
): (chunk: Buffer) => void {
  const prefix = Buffer.from(`\x1e${nonce} `);
  let held: Buffer = Buffer.alloc(0);

  return (chunk) => {
    let rest = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (;;) {
      const start = markerStart(rest, prefix);
      if (start > 0) on.data(rest.subarray(0, start));
      rest = rest.subarray(start);
      const end = rest.length < prefix.length ? -1 : rest.indexOf('\n', prefix.length);
      const length = (end < 0 ? rest.length : end) - prefix.length;
      if (end < 0 && length < LONGEST_MARK) break;
      if (length >= LONGEST_MARK) {
        // Too long for a marker of ours: it must not be held for ever.
        on.data(rest.subarray(0, 1));
        rest = rest.subarray(1);
        continue;
      }
      const text = rest.toString('latin1', prefix.length, end);
      rest = rest.subarray(end + 1);
      on.mark(text);
    }
    held = Buffer.from(rest);
  };
}

/** Index of the first place where a marker starts or may start, else the length. */
function markerStart(bytes: Buffer, prefix: Buffer): number {
  for (let at = bytes.indexOf(START); at >= 0; at = bytes.indexOf(START, at + 1)) {
    const length = Math.min(prefix.length, bytes.length - at);
    if (bytes.compare(prefix, 0, length, at, at + length) === 0) return at;
  }
  return bytes.length;
}

/** Collects one output stream up to a limit, and hands its lines on as they come. */
export interface Sink {
  readonly add: (bytes: Buffer) => void;
  readonly text: () => string;
}

/** At most so many bytes of one output are held; what comes after is counted and dropped. */
export const MAX_OUTPUT = 8 * 1024 * 1024;

/** Keeps only the end of what comes. */
export function createTail(limit: number): Sink {
  let held: Buffer = Buffer.alloc(0);
  return {
    add: (bytes) => {
      held = Buffer.concat([held, bytes.subarray(-limit)]).subarray(-limit);
    },
    text: () => held.toString('utf8'),
  };
}

export function createSink(onLine?: (line: string) => void, limit = MAX_OUTPUT): Sink {
  const chunks: Buffer[] = [];
  let held = 0;
  let total = 0;
  let line: Buffer = Buffer.alloc(0);

  const lines = (bytes: Buffer): void => {
    let rest = line.length === 0 ? bytes : Buffer.concat([line, bytes]);
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      onLine?.(rest.toString('utf8', 0, end));
      rest = rest.subarray(end + 1);
    }
    // A "line" without end must not grow for ever.
    line = rest.length > 65536 ? Buffer.alloc(0) : Buffer.from(rest);
  };
  return {
    add: (bytes) => {
      total += bytes.length;
      const kept = bytes.subarray(0, Math.max(0, limit - held));
      held += kept.length;
      // Copied: a slice would keep the whole network buffer it came in.
      if (kept.length > 0) chunks.push(Buffer.from(kept));
      if (onLine !== undefined) lines(bytes);
    },
    text: () => {
      if (onLine !== undefined && line.length > 0) {
        onLine(line.toString('utf8'));
        line = Buffer.alloc(0);
      }
      const text = Buffer.concat(chunks).toString('utf8');
      return total > held ? `${text}\n[kinit: output cut: ${held} of ${total} bytes are shown]\n` : text;
    },
  };
}
