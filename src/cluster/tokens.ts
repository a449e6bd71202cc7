import type { ClusterApi, KubeObject } from '../model/api.js';
import { defined } from '../model/defined.js';
import { bootstrapTokenSecret, type BootstrapToken, newBootstrapToken } from '../pki/index.js';
import { nameOf, refOf } from './api/client.js';
import { refused } from './api/errors.js';
import { text } from './api/json.js';

export interface CreateToken {
  /** Life in seconds; 0 for ever. */
  readonly ttlSeconds: number;
  readonly description?: string;
  /** Default: authentication and signing, what `kubeadm join` needs. */
  readonly usages?: readonly ('authentication' | 'signing')[];
  /** Default: kubeadm's group for joining nodes. */
  readonly groups?: readonly string[];
}

export interface CreatedToken extends BootstrapToken {
  /** Of its Secret: what names that as its owner goes with it. */
  readonly uid: string;
  readonly expires?: Date;
}

/** A bootstrap token as `kinit token list` shows it: without its secret half. */
export interface TokenInfo {
  readonly id: string;
  /** RFC 3339; absent: never. */
  readonly expires?: string;
  readonly description?: string;
  readonly usages: readonly string[];
  readonly groups: readonly string[];
}

/** Makes a bootstrap token in the cluster. The secret half is in the result and nowhere else. */
export async function createToken(api: ClusterApi, options: CreateToken): Promise<CreatedToken> {
  const token = newBootstrapToken();
  const expires = options.ttlSeconds === 0 ? undefined : new Date(Date.now() + options.ttlSeconds * 1000);
  const { ttlSeconds: _ttl, ...rest } = options;
  const secret = bootstrapTokenSecret(token, { ...rest, ...defined({ expires }) });
  const path = '/api/v1/namespaces/kube-system/secrets';
  const response = await api.request('POST', path, secret);
  if (response.status !== 201) throw refused(`create ${nameOf(refOf(secret))}`, `POST ${path}`, response);
  return { ...token, uid: text(response.body, 'metadata', 'uid') ?? '', ...defined({ expires }) };
}

/** All bootstrap tokens, those ending first before the others. Expired ones are there until the controller manager sweeps them up. */
export async function listTokens(api: ClusterApi): Promise<TokenInfo[]> {
  const secrets = await api.list('v1', 'Secret', { namespace: 'kube-system' });
  return secrets
    .filter((secret) => secret['type'] === 'bootstrap.kubernetes.io/token')
    .map(tokenInfo)
    .sort((a, b) => (a.expires === b.expires ? 0 : (a.expires ?? '~') < (b.expires ?? '~') ? -1 : 1));
}

/** @param token its id, or the whole token; false when there is none */
export async function deleteToken(api: ClusterApi, token: string): Promise<boolean> {
  const id = token.split('.')[0] ?? '';
  return api.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'kube-system', name: `bootstrap-token-${id}` });
}

/** What to type on a prepared host. Holds the token: for a person's eyes only. */
export function joinCommand(options: {
  readonly endpoint: string;
  readonly token: string;
  readonly caHash: string;
}): string {
  const pin = options.caHash.startsWith('sha256:') ? options.caHash : `sha256:${options.caHash}`;
  return `kubeadm join ${options.endpoint} --token ${options.token} --discovery-token-ca-cert-hash ${pin}`;
}

function tokenInfo(secret: KubeObject): TokenInfo {
  const value = (key: string): string | undefined => {
    const encoded = text(secret, 'data', key);
    return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
  };
  const expires = value('expiration');
  const description = value('description');
  return {
    id: value('token-id') ?? secret.metadata.name.replace('bootstrap-token-', ''),
    ...defined({ expires, description }),
    usages: ['authentication', 'signing'].filter((usage) => value(`usage-bootstrap-${usage}`) === 'true'),
    groups: (value('auth-extra-groups') ?? '').split(',').filter((group) => group !== ''),
  };
}
