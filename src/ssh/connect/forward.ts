import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { KinitError } from '../../model/error.js';

/** direct-tcpip through a connection. Throws what ssh2 says, or KinitError 'timeout'. */
export function forward(client: Client, address: string, port: number, milliseconds: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new KinitError('no answer', { class: 'timeout' }));
    }, milliseconds);
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        clearTimeout(timer);
        if (error !== undefined) return reject(error);
        if (late) return void channel.destroy();
        resolve(channel);
      });
    } catch (cause) {
      clearTimeout(timer);
      reject(cause instanceof Error ? cause : new Error(String(cause)));
    }
  });
}
