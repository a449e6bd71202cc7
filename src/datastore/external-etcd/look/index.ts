import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { AskedOutside, OutsideLook } from '../../outside-datastore.js';
import { markOf } from '../places.js';
import { prefixOf } from '../server.js';
import { openCalls, type Calls } from './call.js';
import { troubleOf, unusable } from './trouble.js';
import { bytesField, fieldsOf, numberField } from './wire.js';

const MILLISECONDS = 10_000;

/**
 * Asks one member as an API server does, by its name, with the certificate: whether it takes that, and how many keys are below the prefix.
 * Nothing is written.
 */
export async function lookAtPlace({ place, server, access, connect: open }: AskedOutside): Promise<OutsideLook> {
  let secure: SecureContext;
  try {
    // One without a certificate in it is taken in silence, and nobody is trusted then.
    void new X509Certificate(access.ca ?? '');
    secure = createSecureContext({ ca: access.ca, cert: access.certificate, key: access.key });
  } catch (thrown) {
    return { wrong: unusable(thrown) };
  }
  let calls: Calls | undefined;
  try {
    calls = openCalls(await secured(await open(), place.host, secure), MILLISECONDS);
    return { keys: await keysBelow(prefixOf(server), calls) };
  } catch (thrown) {
    return { wrong: troubleOf(thrown, prefixOf(server)) };
  } finally {
    calls?.close();
  }
}

function secured(
  stream: Awaited<ReturnType<AskedOutside['connect']>>,
  host: string,
  secureContext: SecureContext,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: stream,
      secureContext,
      ALPNProtocols: ['h2'],
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    socket.setTimeout(MILLISECONDS, () => {
      socket.destroy(new Error(`no answer within ${String(MILLISECONDS / 1000)} s`));
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

/** RangeRequest and RangeResponse (go.etcd.io/etcd: api/etcdserverpb/rpc.proto). */
const RANGE = '/etcdserverpb.KV/Range';
const [KEY, RANGE_END, COUNT_ONLY] = [1, 2, 9];
const COUNT = 4;

/** The mark is no key of a cluster. */
async function keysBelow(prefix: string, calls: Calls): Promise<number> {
  const count = async (...range: readonly Buffer[]): Promise<number> => {
    const answer = fieldsOf(await calls.call(RANGE, Buffer.concat([...range, numberField(COUNT_ONLY, 1)])));
    const [found] = answer.get(COUNT) ?? [];
    return typeof found === 'number' ? found : 0;
  };
  // The sign that follows a slash ends what is below it.
  const all = await count(bytesField(KEY, `${prefix}/`), bytesField(RANGE_END, `${prefix}0`));
  return all === 0 ? 0 : all - (await count(bytesField(KEY, markOf(prefix))));
}
