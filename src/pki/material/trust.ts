import { readCertificates } from '../x509/read.js';
import type { Authority } from './authority.js';
import { same, trusts } from './rotation.js';

/** Whether a text (of a file, or in a kubeconfig) trusts what this CA's shall. */
export function trustsAuthority(pem: string | undefined, { trusted, stage }: Authority): boolean {
  return trusts(pem, trusted, stage === 'trust' || stage === 'reissue');
}

/** Whether it trusts this CA or the one that it replaces: what trusts neither is of another cluster. */
export function sharesAuthority(pem: string | undefined, { trusted }: Authority): boolean {
  return readCertificates(pem ?? '').some((each) => trusted.some((other) => same(each, other)));
}
