import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** What may be under way in one direction: more than 1 GB/s and 25 ms have, and a bound where nobody reads. */
const UNDER_WAY = 32 * 2 ** 20;

/**
 * A TCP relay on 127.0.0.1 that stands for a longer way: each direction is `delayMs` late and lets at most `bytesPerSecond` pass. TCP
 * ends here, so that its own windows do not see the way; those of SSH do.
 * @returns its port, and `close`
 */
export async function openRelay({ host, port, delayMs, bytesPerSecond }) {
  const sockets = new Set();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
      carry(from, to, { delayMs, bytesPerSecond });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function carry(from, to, { delayMs, bytesPerSecond }) {
  const queue = [];
  let held = 0;
  let timer;
  // When the last byte that has come will have passed the narrowest place.
  let passed = 0;
  const come = (chunk) => {
    passed = Math.max(passed, performance.now()) + ((chunk?.length ?? 0) / bytesPerSecond) * 1000;
    queue.push({ due: passed + delayMs, chunk });
    held += chunk?.length ?? 0;
    if (held > UNDER_WAY) from.pause();
    wait();
  };
  const wait = () => {
    if (queue.length === 0 || to.writableNeedDrain) return;
    timer ??= setTimeout(go, Math.max(0, Math.ceil(queue[0].due - performance.now())));
  };
  const go = () => {
    timer = undefined;
    while (queue.length > 0 && queue[0].due <= performance.now() && !to.writableNeedDrain) {
      const { chunk } = queue.shift();
      if (chunk === undefined) {
        to.end();
        continue;
      }
      held -= chunk.length;
      to.write(chunk);
    }
    if (held <= UNDER_WAY) from.resume();
    wait();
  };
  from.on('data', come);
  from.on('end', () => come(undefined));
  to.on('drain', wait);
  to.on('close', () => {
    clearTimeout(timer);
    // What nobody takes any more is not waited for. One that had said all it had may still be owed the answer.
    if (!from.readableEnded) from.destroy();
  });
}
