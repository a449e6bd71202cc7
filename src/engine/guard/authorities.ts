import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { guardedOptions } from '../../inventory/guarded.js';
import type { HostFacts } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import { pkiPair, type CertificateWishes } from '../../pki/index.js';
import type { Refusal } from './refusal.js';

/** CAs that the inventory gives and that are not those the cluster was made with. What cannot be read is told where it is used. */
export async function changedAuthorities(
  spec: Spec,
  { authorities }: Pick<CertificateWishes, 'authorities'>,
  { kubernetes: { pki } }: HostFacts,
): Promise<Refusal[]> {
  const refusals = authorities.map(async ({ name, given }): Promise<Refusal[]> => {
    const there = fingerprint(pki[pkiPair(name).crt] ?? '');
    if (given === undefined || there === undefined) return [];
    const wanted = fingerprint(await readFile(given.certFile, 'utf8').catch(() => ''));
    if (wanted === undefined || wanted === there) return [];
    const section = Object.entries(spec.pki).find(([, value]) => value === given)?.[0] ?? '';
    const option = `pki.${section}.certFile`;
    const why = guardedOptions().find(({ path }) => path === option)?.why ?? '';
    return [
      { option, there, wanted, why, todo: `Take pki.${section} out of the inventory, or give the CA of this cluster.` },
    ];
  });
  return (await Promise.all(refusals)).flat();
}

/** As openssl x509 -fingerprint -sha256 shows it; undefined where there is no certificate. */
function fingerprint(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return undefined;
  }
}
