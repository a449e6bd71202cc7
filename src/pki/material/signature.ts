import { KinitError } from '../../model/error.js';
import type { LeafRequest } from '../x509/certificate.js';
import { KUBELET_CLIENT_FIRST, KUBELET_SERVING, PKI_DIR, ROOT_KUBECONFIG } from '../paths.js';
import type { PemPair } from '../types.js';

/**
 * A certificate that only whoever has the CA can sign: its key is on no control-plane host and not in the inventory. Its request goes
 * out, its answer comes back as a file.
 */
export interface WantedSignature {
  /** Of its files below the folder of requests, without what they end with: ca/node1/apiserver. */
  readonly name: string;
  readonly host: string;
  /** Where it belongs on the host. */
  readonly path: string;
  /** Name of the CA below PKI_DIR. */
  readonly authority: string;
  readonly request: LeafRequest;
  readonly because: string;
  /** What the host has still serves. */
  readonly mayWait: boolean;
  /** The certificate that the host has, PEM. */
  readonly there?: string;
  /** Why the answer that is there is none. */
  readonly unfit?: string;
}

/** Answers of CAs whose keys are elsewhere, as files on this machine. */
export interface Answers {
  readonly folder: string;
  /** The certificate as it was signed, and the key that was made with the request. Secret. Undefined: there is no answer yet. */
  readonly read: (name: string) => Promise<Partial<PemPair> | undefined>;
}

/** Where answers are looked for, and what is told of those that are not there. */
export interface Signatures {
  readonly answers?: Answers | undefined;
  readonly want: (wanted: WantedSignature) => void;
}

/** Name of a request: the folders say who signs it and whose it is. */
export function requestName(authority: string, host: string, path: string): string {
  return `${authorityFolder(authority)}/${host}/${SHORT[path] ?? fileName(path)}`;
}

/** etcd/ca is a folder etcd-ca: one for each CA, so that all that one signs is found together. */
const authorityFolder = (authority: string): string => authority.replaceAll('/', '-');

const SHORT: Readonly<Record<string, string>> = {
  [KUBELET_CLIENT_FIRST]: 'kubelet-client',
  [KUBELET_SERVING.crt]: 'kubelet-server',
  [ROOT_KUBECONFIG]: 'root-kubeconfig',
};

function fileName(path: string): string {
  const below = path.startsWith(`${PKI_DIR}/`) ? path.slice(PKI_DIR.length + 1) : (path.split('/').at(-1) ?? path);
  return below.replace(/\.crt$/, '').replaceAll('/', '-');
}

/** An error is read on a screen. */
const MOST = 4;

/** @throws KinitError refused, where one of these cannot wait: before anything is touched */
export function requireSigned(wanted: readonly WantedSignature[], folder: string): void {
  const needed = wanted.filter(({ mayWait }) => !mayWait);
  const unfit = needed.flatMap(({ name, unfit: why }) => (why === undefined ? [] : [`${folder}/${name}.crt: ${why}`]));
  if (needed.length === 0) return;
  if (unfit.length > 0)
    throw new KinitError(
      `${counted(unfit.length, 'answer is', 'answers are')} not what was asked for; nothing was changed`,
      {
        class: 'refused',
        found: shortened(unfit).join('\n'),
        hint: 'Have it signed again as its request says (openssl req -in NAME.csr -noout -text). Where the inventory has changed since: kinit certs requests makes other requests.',
      },
    );
  const authorities = [...new Set(needed.map(({ authority }) => authority))];
  const asked = needed.some(({ because }) => because === ASKED_FOR);
  throw new KinitError(
    `${counted(needed.length, 'certificate waits', 'certificates wait')} for a signature, and kinit has no key of ${authorities.join(', ')}; nothing was changed`,
    {
      class: 'refused',
      found: shortened(byHost(needed)).join('\n'),
      hint: `kinit certs requests${asked ? ' --all' : ''} writes what is to be signed into ${folder}. Put each answer beside its request (NAME.crt beside NAME.csr), then run the same command again${asked ? ', or kinit init' : ''}.`,
    },
  );
}

/** Why a certificate that serves is to be made anew. */
export const ASKED_FOR = 'asked for';

function byHost(wanted: readonly WantedSignature[]): string[] {
  const hosts = [...new Set(wanted.map(({ host }) => host))];
  return hosts.map((host) => {
    const mine = wanted.filter((each) => each.host === host);
    const [first] = mine;
    const names = mine.map(({ name }) => name.split('/').at(-1) ?? name);
    return `${host}: ${mine.length === 1 && first !== undefined ? `${names.join()} (${first.because})` : names.join(', ')}`;
  });
}

const counted = (count: number, one: string, many: string): string => `${String(count)} ${count === 1 ? one : many}`;

function shortened(lines: readonly string[]): string[] {
  const rest = lines.length - MOST;
  return rest <= 0 ? [...lines] : [...lines.slice(0, MOST), `and ${String(rest)} more`];
}
