import { readFile } from 'node:fs/promises';
import type { Spec } from '../model/spec.js';
import { formatPath, type Finding, type Path } from './problem.js';

/** Files of certificates in which there are none, or that hold what nobody may read. Those that are missing are told of already. */
export async function unfitCertificates(
  { runtime, datastoreServer }: Spec,
  missing: readonly Finding[],
): Promise<Finding[]> {
  const { caFile, certFile } = datastoreServer ?? {};
  const named: readonly { readonly path: Path; readonly file: string | undefined; readonly open: boolean }[] = [
    ...(['registryMirrors', 'registries'] as const).flatMap((list) =>
      runtime[list].map((one, index) => ({ path: ['runtime', list, index, 'caFile'], file: one.caFile, open: true })),
    ),
    { path: ['datastoreServer', 'caFile'], file: caFile, open: true },
    // With its key in one file it is as secret as that, and kept so.
    { path: ['datastoreServer', 'certFile'], file: certFile, open: false },
  ];
  const told = missing.map(({ path }) => formatPath(path));
  const findings = named.map(async ({ path, file, open }): Promise<Finding[]> => {
    if (file === undefined || told.includes(formatPath(path))) return [];
    const fault = await faultOf(await readFile(file, 'utf8'), open);
    return fault === undefined ? [] : [{ path, message: `${file} ${fault}` }];
  });
  return (await Promise.all(findings)).flat();
}

async function faultOf(pem: string, open: boolean): Promise<string | undefined> {
  if (open && /PRIVATE KEY-----/.test(pem))
    return 'holds a private key: it would be written where everybody on the host can read it';
  // Loaded where there is something to look at: most inventories name none.
  const { readCertificates } = await import('../pki/index.js');
  return readCertificates(pem).length > 0 ? undefined : 'holds no certificate in PEM form';
}
