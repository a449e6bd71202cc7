import type { MaterialInput } from './input.js';
import { parseKubeconfig } from '../kubeconfig.js';
import { pkiPair } from '../paths.js';
import type { FoundFiles } from '../types.js';
import { isSignedBy, readCertificates } from '../x509/read.js';
import { CLUSTER_CA } from './wishes.js';

/**
 * What control planes have, with the certificate of the cluster's CA where the last of them lost that file: it is public, every
 * kubeconfig and every worker has it byte for byte. It is the cluster's where it signed what the control plane still has; else nothing
 * is added, and the run stops.
 * @param found of control planes
 * @param workers of joined ones
 */
export function withLostCa(
  { wishes, nodes }: Pick<MaterialInput, 'wishes' | 'nodes'>,
  found: readonly FoundFiles[],
  workers: readonly FoundFiles[],
): readonly FoundFiles[] {
  const { crt } = pkiPair(CLUSTER_CA);
  if (found.some(({ files }) => files[crt] !== undefined)) return found;
  const signed = found.flatMap(({ host, files }) => {
    const node = nodes.find(({ spec }) => spec.name === host);
    const leaves = node === undefined ? [] : wishes(node).leaves.filter(({ authority }) => authority === CLUSTER_CA);
    return leaves.flatMap((leaf) => files[leaf.crt] ?? []);
  });
  const pem = [...found, ...workers]
    .flatMap(copiesIn)
    .find((text) => readCertificates(text).some((ca) => ca.isCa && signed.some((leaf) => isSignedBy(leaf, ca.pem))));
  return pem === undefined ? found : found.map(({ host, files }) => ({ host, files: { ...files, [crt]: pem } }));
}

/** Texts of a host that may be the CA's. */
function copiesIn({ files }: FoundFiles): string[] {
  const kubeconfigs = Object.entries(files).filter(([path]) => path.endsWith('.conf'));
  return [files[pkiPair(CLUSTER_CA).crt], ...kubeconfigs.map(([, text]) => parseKubeconfig(text)?.caPem)].flatMap(
    (text) => text ?? [],
  );
}
