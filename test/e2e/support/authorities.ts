import { X509Certificate } from 'node:crypto';
import type { LabHandle } from './kinit.js';

/** Fingerprints of the certificate authorities of a control-plane host, each having signed what it should. */
export async function authorities(lab: LabHandle, host: string): Promise<string[]> {
  const { stdout } = await lab.sh(host, 'cd /etc/kubernetes/pki && for f in ca front-proxy-ca etcd/ca apiserver apiserver-kubelet-client front-proxy-client etcd/server etcd/peer apiserver-etcd-client; do cat $f.crt; done');
  const read = stdout.split(/(?<=-----END CERTIFICATE-----\n)/).filter((text) => text.includes('BEGIN')).map((pem) => new X509Certificate(pem));
  const [ca, frontProxy, etcd, ...leaves] = read;
  const signers = [ca, ca, frontProxy, etcd, etcd, etcd];
  leaves.forEach((leaf, index) => {
    const signer = signers[index];
    if (signer === undefined || !leaf.verify(signer.publicKey)) throw new Error(`${leaf.subject} is not signed by ${signer?.subject ?? 'any authority'} that is there`);
  });
  if (leaves.length !== signers.length) throw new Error(`${leaves.length} certificates instead of ${signers.length}`);
  return read.slice(0, 3).map(({ fingerprint256 }) => fingerprint256);
}
