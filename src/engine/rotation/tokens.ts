import { refused } from '../../cluster/api/errors.js';
import { list, text } from '../../cluster/api/json.js';
import type { ClusterApi } from '../../model/api.js';

const PATH = `/api/v1/secrets?fieldSelector=${encodeURIComponent('type=kubernetes.io/service-account-token')}`;

/**
 * Secrets whose service-account token was signed with one of these keys, as 'namespace/name'. Such a token has no end, and the
 * controller manager makes another one only where there is none.
 * @param keys their ids, as heads of tokens have them
 */
export async function secretsSignedWith(keys: readonly string[], api: ClusterApi): Promise<readonly string[]> {
  if (keys.length === 0) return [];
  const response = await api.request('GET', PATH);
  if (response.status !== 200) throw refused('list Secrets with tokens', `GET ${PATH}`, response);
  return list(response.body, 'items')
    .filter((secret) => keys.includes(keyOf(text(secret, 'data', 'token') ?? '') ?? ''))
    .map((secret) => `${text(secret, 'metadata', 'namespace') ?? ''}/${text(secret, 'metadata', 'name') ?? ''}`)
    .sort();
}

/** Id of the key that a token was signed with (RFC 7515, 4.1.4). @param data in base64, as a Secret has it */
function keyOf(data: string): string | undefined {
  const [head = ''] = Buffer.from(data, 'base64').toString('utf8').split('.');
  try {
    return text(JSON.parse(Buffer.from(head, 'base64url').toString('utf8')), 'kid');
  } catch {
    return undefined;
  }
}
