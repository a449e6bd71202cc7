/** A stream that can be stopped for a while: what is written meanwhile comes out afterwards, in order. */
export interface Gate {
  readonly stream: NodeJS.WriteStream;
  /** Returns what opens it again. */
  readonly hold: () => () => void;
}

export function gateFor(stream: NodeJS.WriteStream): Gate {
  let holds = 0;
  let kept: (string | Uint8Array)[] = [];
  // Everything but write is the stream's own.
  const gated = Object.create(stream) as NodeJS.WriteStream;
  gated.write = (chunk: string | Uint8Array) => {
    if (holds === 0) return stream.write(chunk);
    kept.push(chunk);
    return true;
  };
  return {
    stream: gated,
    hold: () => {
      holds += 1;
      return () => {
        holds -= 1;
        if (holds > 0) return;
        const waiting = kept;
        kept = [];
        // The cursor was shown for the question.
        stream.write('\u001b[?25l');
        for (const chunk of waiting) stream.write(chunk);
      };
    },
  };
}
