import { expect, test } from 'vitest';
import type { Exec, Link } from '../../../src/ssh/shell/exec.js';
import { createSender } from '../../../src/ssh/shell/sender.js';
import { failure } from '../../cluster/fakes.js';

/** A channel whose window is full from the first byte on. `open` lets what was written through, `end` ends the command. */
function full(): { readonly exec: Exec; readonly link: Link; readonly open: () => void; readonly end: () => void } {
  let taken = (): void => undefined;
  let end = (): void => undefined;
  const channel = { write: (_: Uint8Array, then: () => void) => ((taken = then), false) };
  const closed = new Promise<undefined>((resolve) => (end = () => resolve(undefined)));
  const exec = { channel, closed } as unknown as Exec;
  const link = { host: 'h1', counts: { bytesSent: 0 } } as unknown as Link;
  return { exec, link, open: () => taken(), end: () => end() };
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

test('one that goes on taking bytes is waited for, until what was written may be overwritten', async () => {
  const { exec, link, open } = full();
  const sent = createSender(link, exec, 0.2).content(Buffer.from('x'));
  setTimeout(open, 20);
  await expect(sent).resolves.toBeUndefined();
});

test('one whose command has ended is not waited for, and is sent nothing more', async () => {
  const { exec, link, end } = full();
  const sender = createSender(link, exec, 0.2);
  const sent = sender.content(Buffer.from('x'));
  end();
  await sent;
  await sender.content(Buffer.from('more'));
  expect([sender.stopped(), link.counts.bytesSent]).toEqual([true, 1]);
});
