import { type ErrorClass, KinitError, unreachable } from '../../model/error.js';
import type { ApiResponse } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { text } from './json.js';

/** The connection to the API server failed before an answer came. Cause of a KinitError of class 'access'. */
export class ConnectionFailure extends Error {
  /** For example ECONNREFUSED, ECONNRESET; TIMEOUT where it took the connection and gave no answer. */
  readonly code: string;

  constructor(message: string, code: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ConnectionFailure';
    this.code = code;
  }
}

/** The API server answered with a status that is not a success. Cause of a KinitError. */
export class StatusFailure extends Error {
  readonly status: number;
  /** The API's own word, for example Conflict, Invalid, Forbidden. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'StatusFailure';
    this.status = status;
    this.reason = reason;
  }
}

/** A kubeconfig on a host that one cannot log in with. Cause of a KinitError of class 'access'. */
export class UnusableKubeconfig extends Error {
  override readonly name = 'UnusableKubeconfig';
}

/**
 * Whether the API server is there, and the login that lies on the host is not what it takes: that is mended by others than who
 * asks. Not so where there was no way to ask: nothing is known then.
 */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof KinitError)) return false;
  const { class: kind, cause } = error.context;
  return kind === 'change' || cause instanceof UnusableKubeconfig || isCertificateTrouble(error);
}

/**
 * Whether the API server gave no answer, and may give one later: it is starting, or away for a moment. Not so where the SSH
 * connection is lost, forwarding is forbidden, or the two sides do not accept each other's certificates.
 */
export function isOutage(error: unknown): boolean {
  return unreachable(error) === 'api';
}

/** Whether the two sides do not accept each other's certificates. */
export function isCertificateTrouble(error: unknown): boolean {
  const cause = error instanceof KinitError ? error.context.cause : undefined;
  return cause instanceof ConnectionFailure && isCertificateCode(cause.code);
}

/** Codes of Node's TLS and of OpenSSL's verification. */
export function isCertificateCode(code: string): boolean {
  return (
    code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT') || code.startsWith('UNABLE_TO_')
  );
}

/** @param what what was wanted, for a sentence: 'read Node worker-1' */
export function refused(
  what: string,
  tried: string,
  response: ApiResponse,
  errorClass: ErrorClass = 'change',
): KinitError {
  const reason = text(response.body, 'reason') ?? '';
  const message =
    text(response.body, 'message') ?? (typeof response.body === 'string' ? response.body.trim().slice(0, 500) : '');
  const failure = new StatusFailure(response.status, reason, message);
  const hint = hintFor(response.status, reason);
  return new KinitError(`the API server refused to ${what}`, {
    class: errorClass,
    tried,
    found: [`${response.status}${reason === '' ? '' : ` ${reason}`}`, message].filter((part) => part !== '').join(': '),
    ...defined({ hint }),
    cause: failure,
  });
}

function hintFor(status: number, reason: string): string | undefined {
  if (status === 401)
    return 'The client certificate is not accepted. Check the clocks of this host and the expiry of /etc/kubernetes/admin.conf (kubeadm certs check-expiration).';
  if (status === 403)
    return 'The credentials lack the right. kinit needs the cluster-admin role that /etc/kubernetes/admin.conf has by default.';
  if (status === 429) return 'The API server is overloaded. Run the same command again in a while.';
  if (status > 500 || reason === 'InternalError')
    return 'Look at the API server: crictl logs of kube-apiserver on a control-plane host.';
  return undefined;
}

/** Whether an outage is of a server that took the connection and gave no answer in time. */
export function isSilence(error: unknown): boolean {
  const cause = error instanceof KinitError ? error.context.cause : undefined;
  return cause instanceof ConnectionFailure && cause.code === 'TIMEOUT';
}
