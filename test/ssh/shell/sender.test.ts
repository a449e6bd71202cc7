import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { Exec, Link } from '../../../src/ssh/shell/exec.js';
import { createSender } from '../../../src/ssh/shell/sender.js';
import { failure } from '../../cluster/fakes.js';

/** A channel whose window is full from the first byte on; 'drain' opens it. */
function full(): { readonly exec: Exec; readonly link: Link; readonly channel: EventEmitter } {
  const channel = Object.assign(new EventEmitter(), { write: () => false });
  const exec = { channel, closed: new Promise(() => undefined) } as unknown as Exec;
  return { exec, channel, link: { host: 'h1', counts: { bytesSent: 0 } } as unknown as Link };
}

test('a host that takes no byte is given up, with its name and what to look at', async () => {
  const { exec, link } = full();
  const error = await failure(createSender(link, exec, 0.05).content(Buffer.from('x')));
  expect(error.message).toBe('h1 stopped taking data');
  expect(error.context).toMatchObject({
    class: 'timeout',
    found: 'no byte was taken for 0.05 s',
    hint: expect.stringContaining('dmesg') as string,
  });
});

test('one that goes on taking bytes is waited for', async () => {
  const { exec, link, channel } = full();
  const sent = createSender(link, exec, 0.2).content(Buffer.from('x'));
  setTimeout(() => channel.emit('drain'), 20);
  await expect(sent).resolves.toBeUndefined();
});
