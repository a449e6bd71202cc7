import { createPrivateKey, createPublicKey } from 'node:crypto';
import { parseKubeconfig } from '../../../src/pki/index.js';
import { signLeaf, USAGES, type Usage } from '../../../src/pki/x509/certificate.js';
import { readCertificate, type ReadCertificate } from '../../../src/pki/x509/read.js';
import type { LabHandle } from './kinit.js';

const DAY = 86_400_000;
const KUBERNETES = '/etc/kubernetes';
const CAS = ['ca', 'etcd/ca', 'front-proxy-ca'].map((name) => `${KUBERNETES}/pki/${name}`);

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/;

/** From and to, in days from now. */
export type Life = readonly [from: number, to: number];

/**
 * Signs every certificate of a host anew, with its own key and for the same names, so that it had this life: those of the
 * control plane, those in kubeconfigs, the kubelet's. No CA. Nothing is restarted. Gives how many there are.
 */
export async function ageCertificates(cluster: LabHandle, host: string, life: Life): Promise<number> {
  const authorities = await readFiles(cluster, 'node1', CAS.map((path) => `${path}.crt ${path}.key`).join(' '));
  const cas = CAS.map((path) => certified(authorities.get(`${path}.crt`), authorities.get(`${path}.key`)));
  const files = await readFiles(
    cluster,
    host,
    `$(find ${KUBERNETES}/pki -name '*.crt' ! -name '*ca.crt') ${KUBERNETES}/*.conf /var/lib/kubelet/pki/kubelet.crt /var/lib/kubelet/pki/*-current.pem`,
  );
  const aged = [...files].flatMap(([path, text]) => {
    const content = agedText(path, text, cas, life);
    return content === undefined ? [] : [`cat > ${path} <<'E'\n${content.trimEnd()}\nE`];
  });
  await cluster.sh(host, aged.join('\n'));
  return aged.length;
}

/** Texts of what there is of these, by path. */
async function readFiles(cluster: LabHandle, host: string, paths: string): Promise<Map<string, string>> {
  const { stdout } = await cluster.sh(
    host,
    `for file in ${paths}; do [ ! -f "$file" ] || { echo "=== $file"; cat "$file"; }; done`,
  );
  return new Map(
    stdout
      .split(/^=== /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
  );
}

interface Certified {
  readonly certificate: ReadCertificate;
  readonly key: ReturnType<typeof createPrivateKey>;
}

function certified(crt = '', key = ''): Certified {
  const certificate = readCertificate(crt);
  if (certificate === undefined) throw new Error('a CA of the cluster cannot be read');
  return { certificate, key: createPrivateKey(key) };
}

/** The file with another certificate in it; undefined where it has none: a kubelet's kubeconfig names a file. */
function agedText(path: string, text: string, cas: readonly Certified[], life: Life): string | undefined {
  const embedded = path.endsWith('.conf') ? parseKubeconfig(text)?.certPem : undefined;
  const certificate = readCertificate(path.endsWith('.conf') ? (embedded ?? '') : text);
  if (certificate === undefined) return undefined;
  const ca = cas.find((each) => certificate.x509.checkIssued(each.certificate.x509));
  if (ca === undefined) throw new Error(`${path} is of no CA of the cluster`);
  const again = signedAgain(certificate, ca, life);
  const content =
    embedded === undefined ? text.replace(CERTIFICATE, again) : text.replace(base64(embedded), base64(again));
  if (content === text) throw new Error(`${path} could not be aged`);
  return content;
}

function signedAgain({ x509 }: ReadCertificate, ca: Certified, [from, to]: Life): string {
  const usages = Object.entries(USAGES)
    .filter(([, oid]) => x509.keyUsage.includes(oid))
    .map(([usage]) => usage as Usage);
  const organization = /^O=(.*)$/m.exec(x509.subject)?.[1];
  const request = {
    commonName: /^CN=(.*)$/m.exec(x509.subject)?.[1] ?? '',
    ...(organization === undefined ? {} : { organization }),
    usages,
    sans: (x509.subjectAltName ?? '').split(', ').flatMap((name) => /^(?:DNS|IP Address):(.*)$/.exec(name)?.[1] ?? []),
  };
  const validity = { notBefore: new Date(Date.now() + from * DAY), notAfter: new Date(Date.now() + to * DAY) };
  return signLeaf(request, createPublicKey(x509.publicKey.export({ type: 'spki', format: 'pem' })), ca, validity);
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
