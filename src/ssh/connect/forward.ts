import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { KinitError } from '../../model/error.js';

type Opened = (error: Error | undefined, channel: Duplex) => void;

/** direct-tcpip through a connection. Throws what ssh2 says, or KinitError 'timeout'. */
export function forward(client: Client, address: string, port: number, milliseconds: number): Promise<Duplex> {
  return opened((done) => client.forwardOut('127.0.0.1', 0, address, port, done), milliseconds);
}

/** direct-streamlocal through a connection (PROTOCOL of OpenSSH, section 2.4). Throws as `forward` does. */
export function forwardSocket(client: Client, path: string, milliseconds: number): Promise<Duplex> {
  return opened((done) => client.openssh_forwardOutStreamLocal(path, done), milliseconds);
}

function opened(open: (done: Opened) => void, milliseconds: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new KinitError('no answer', { class: 'timeout' }));
    }, milliseconds);
    try {
      open((error, channel) => {
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
