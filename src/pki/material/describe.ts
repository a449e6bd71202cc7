import { parseKubeconfig } from '../kubeconfig.js';
import { readCertificate } from '../x509/read.js';

const DAY_MS = 86_400_000;

/**
 * What a file of the PKI is for, without what is different each time it is made (serial, key, dates): the same request
 * gives the same words. Holds no secret.
 */
export function describeMaterial(content: string): string {
  const parsed = parseKubeconfig(content);
  if (parsed !== undefined)
    return `kubeconfig of ${parsed.userName} for ${parsed.server}${parsed.certPem === undefined ? '' : `, ${describeMaterial(parsed.certPem)}`}`;
  const certificate = readCertificate(content);
  if (certificate === undefined)
    return content.includes('PUBLIC KEY') ? 'public key' : content.includes('PRIVATE KEY') ? 'private key' : 'key';
  const { x509, isCa } = certificate;
  const days = Math.round((Date.parse(x509.validTo) - Date.parse(x509.validFrom)) / DAY_MS);
  return [
    `${isCa ? 'CA certificate' : 'certificate'} ${oneLine(x509.subject)}`,
    ...(isCa ? [] : [`issued by ${oneLine(x509.issuer)}`]),
    ...(x509.subjectAltName === undefined ? [] : [`for ${x509.subjectAltName}`]),
    ...(x509.keyUsage === undefined ? [] : [`usages ${x509.keyUsage.map((oid) => USAGES[oid] ?? oid).join(' ')}`]),
    `valid ${String(days)} days`,
  ].join(', ');
}

/** RFC 5280, 4.2.1.12. */
const USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
};

const oneLine = (name: string): string => name.split('\n').join(' ');
