import { lastLines } from '../../../model/text/last-lines.js';
import type { OutsideLook } from '../../outside-datastore.js';
import { GrpcRefusal, NoGrpc } from './call.js';

type Trouble = NonNullable<OutsideLook['wrong']>;

/** The inventory's own files do not fit, whoever is asked. */
export function unusable(thrown: unknown): Trouble {
  const code = codeOf(thrown);
  const found =
    code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
      ? 'datastoreServer.keyFile is not the key of certFile'
      : `datastoreServer.caFile, certFile or keyFile is no PEM file that can be used (${wordsOf(thrown)})`;
  return { found, hint: 'Name a CA certificate, a client certificate and its key without a passphrase, each in PEM.' };
}

/** What a connection or a question ended with, in words that name what to look at. */
export function troubleOf(thrown: unknown, prefix: string): Trouble {
  if (thrown instanceof GrpcRefusal) return refused(thrown, prefix);
  if (thrown instanceof NoGrpc)
    return { found: `what answers is no etcd (${thrown.message})`, hint: 'Name the port for clients: 2379, not 2380.' };
  const code = codeOf(thrown);
  const words = wordsOf(thrown);
  if (UNTRUSTED.has(code))
    return {
      found: `its certificate is not of datastoreServer.caFile (${code})`,
      hint: 'Name the CA that signed the certificate of its members for clients.',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      found: `its certificate is for other names: ${words}`,
      hint: 'Name it as its certificate does, or give it one with this name.',
    };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return { found: `its certificate is not valid now (${code})`, hint: 'Renew it there; compare the clocks.' };
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST/.test(code) || /wrong version number/.test(words))
    return { found: 'it speaks no TLS', hint: 'Let it listen with --cert-file, --key-file and --client-cert-auth.' };
  if (/ALERT/.test(code) || /alert/.test(words))
    return {
      found: `it does not take datastoreServer.certFile (${words})`,
      hint: 'That certificate must be of the CA in its --trusted-ca-file, valid now, and one for clients.',
    };
  return {
    found: `it ended the connection: ${words}`,
    hint: 'Look at its log, and at what is between it and this host.',
  };
}

function refused({ status, message }: GrpcRefusal, prefix: string): Trouble {
  // google.golang.org/grpc/codes: PermissionDenied, Unauthenticated; etcd: "user name is empty" is InvalidArgument.
  if ([7, 16].includes(status) || /user name|permission/.test(message))
    return {
      found: `it does not let the user of that certificate read below ${prefix} (${message})`,
      hint: `The name of its user is the common name of the certificate: etcdctl role grant-permission ROLE readwrite --prefix=true ${prefix}/`,
    };
  return {
    found: `it answers with an error: ${message}`,
    hint: 'Look at it there: etcdctl endpoint status, etcdctl alarm list.',
  };
}

/** Of Node, from OpenSSL (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

const codeOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '');

/** OpenSSL's own have file and line around them. */
function wordsOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const reason = /SSL routines:[^:]*:([^:]+):/.exec(text)?.[1];
  return reason ?? lastLines(text.trim(), 1);
}
