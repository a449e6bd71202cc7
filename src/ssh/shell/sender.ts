import { KinitError } from '../../model/error.js';
import type { Exec, Link } from './exec.js';

/** So long may what reads there be busy with what it has: a slow disk is written to before it goes on, an import writes whole images. */
export const STALL_SECONDS = 300;

/**
 * Writes to a command's standard input with back-pressure; becomes silent once the command has ended. When a write has resolved,
 * what was written may be overwritten.
 */
export interface Sender {
  /** Bytes that do not count as progress. */
  readonly control: (text: string) => Promise<void>;
  readonly content: (bytes: Uint8Array) => Promise<void>;
  readonly stopped: () => boolean;
}

/** `stallSeconds`: a KinitError 'timeout' when the host takes no byte for so long. */
export function createSender(
  link: Link,
  exec: Exec,
  stallSeconds: number,
  onProgress?: (bytesSent: number) => void,
): Sender {
  let stopped = false;
  let progress = 0;
  let settleLast = (): void => undefined;
  void exec.closed.then(() => {
    stopped = true;
    settleLast();
  });

  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      if (stopped) return resolve();
      link.counts.bytesSent += bytes.length;
      const settle = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        reject(
          new KinitError(`${link.host} stopped taking data`, {
            class: 'timeout',
            host: link.host,
            tried: 'send a stream',
            found: `no byte was taken for ${stallSeconds} s`,
            hint: 'Its disk, or what reads the stream there, is stuck: look at dmesg on the host.',
          }),
        );
      }, stallSeconds * 1000);
      settleLast = settle;
      exec.channel.write(bytes, settle);
    });

  return {
    control: (text) => write(Buffer.from(text)),
    content: async (bytes) => {
      await write(bytes);
      progress += bytes.length;
      if (!stopped) onProgress?.(progress);
    },
    stopped: () => stopped,
  };
}
