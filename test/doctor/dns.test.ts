import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { askDns } from '../../src/doctor/dns.js';

/** A name server that answers the question it got, in pieces of the given size, or not at all. */
function server(answer: (question: Buffer) => Buffer | undefined, piece = 1000): Duplex {
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      const message = answer(chunk.subarray(2));
      if (message === undefined) stream.destroy();
      else {
        const bytes = Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);
        for (let at = 0; at < bytes.length; at += piece) stream.push(bytes.subarray(at, at + piece));
      }
      done();
    },
  });
  return stream;
}

/** The question back, with an A record for it by pointer, as RFC 1035 has it. */
function withAddress(question: Buffer): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(1, 6);
  return Buffer.concat([head, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 96, 0, 1])]);
}

test.each([1, 3, 1000])('the addresses of an answer that comes in pieces of %i bytes', async (piece) => {
  expect(await askDns(server(withAddress, piece), 'kubernetes.default.svc.cluster.local')).toEqual(['10.96.0.1']);
});

test('the question names what was asked', async () => {
  let asked = '';
  await askDns(
    server((question) => ((asked = question.toString('latin1')), withAddress(question))),
    'a.example',
  );
  expect(asked).toContain('\u0001a\u0007example\u0000');
});

test('a name that does not exist has no address; a server that hangs up is an error', async () => {
  expect(
    await askDns(
      server((question) => question),
      'nothing.example',
    ),
  ).toEqual([]);
  await expect(
    askDns(
      server(() => undefined),
      'a.example',
    ),
  ).rejects.toThrow('without an answer');
});
