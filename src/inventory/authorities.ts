import { readFile } from 'node:fs/promises';
import { defined } from '../model/defined.js';
import type { Spec } from '../model/spec.js';
import type { Finding } from './problem.js';

/** The user's own CAs that cannot serve a cluster: said before any host is touched. Those with missing files are told of already. */
export async function unfitAuthorities({ pki }: Spec, missing: readonly Finding[]): Promise<Finding[]> {
  const findings = (['ca', 'etcdCa', 'frontProxyCa'] as const).map(async (option): Promise<Finding[]> => {
    const files = pki[option];
    if (files === undefined || missing.some(({ path }) => path[0] === 'pki' && path[1] === option)) return [];
    // Loaded where there is something to look at: most inventories name no CA.
    const { userAuthorityFault } = await import('../pki/index.js');
    const [cert, key] = await Promise.all([
      readFile(files.certFile, 'utf8'),
      files.keyFile === undefined ? undefined : readFile(files.keyFile, 'utf8'),
    ]);
    const fault = userAuthorityFault({ cert, ...defined({ key }) }, new Date());
    return fault === undefined
      ? []
      : [{ path: ['pki', option, fault.file], message: `${files[fault.file] ?? ''} ${fault.message}` }];
  });
  return (await Promise.all(findings)).flat();
}
