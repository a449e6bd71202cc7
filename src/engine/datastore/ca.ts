import { sha256Hex } from '../../model/text/digest.js';
import { PKI_DIR } from '../../pki/index.js';
import type { LiveHost } from '../session/session.js';

/** Which cluster a host is of, for what is taken from it: of its CA certificate. '' where it has none. */
export function caOf({ facts }: LiveHost): string {
  const pem = facts.kubernetes.pki[`${PKI_DIR}/ca.crt`];
  return pem === undefined ? '' : sha256Hex(pem.trim());
}
