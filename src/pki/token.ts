import { randomInt, X509Certificate } from 'node:crypto';
import type { KubeObject } from '../model/api.js';
import { defined } from '../model/defined.js';
import { sha256Hex } from '../model/text/digest.js';

/** What `kubeadm join --discovery-token-ca-cert-hash` wants: SHA-256 of the CA's SubjectPublicKeyInfo (kubeadm: pubkeypin.Hash). */
export function caCertHash(caPem: string): string {
  const spki = new X509Certificate(caPem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${sha256Hex(spki)}`;
}

export interface BootstrapToken {
  /** 6 characters; public. */
  readonly id: string;
  /** 16 characters. Secret. */
  readonly secret: string;
}

/** A bootstrap token of kubeadm's form, [a-z0-9]{6}.[a-z0-9]{16}. */
export function newBootstrapToken(): BootstrapToken {
  return { id: randomText(6), secret: randomText(16) };
}

export interface BootstrapTokenOptions {
  /** When it ends; absent: never. */
  readonly expires?: Date;
  readonly description?: string;
  /** Default: what joining a node needs, authentication and signing. */
  readonly usages?: readonly ('authentication' | 'signing')[];
  /** Default: kubeadm's group for joining nodes. */
  readonly groups?: readonly string[];
}

/** The group whose members may join as nodes (kubeadm: constants.NodeBootstrapTokenAuthGroup). */
export const NODE_BOOTSTRAP_GROUP = 'system:bootstrappers:kubeadm:default-node-token';

/** The Secret that makes a token valid (bootstrap-token-<id> in kube-system). Secret. */
export function bootstrapTokenSecret(token: BootstrapToken, options: BootstrapTokenOptions = {}): KubeObject {
  const usages = options.usages ?? ['authentication', 'signing'];
  const groups = options.groups ?? [NODE_BOOTSTRAP_GROUP];
  const data: Record<string, string> = {
    'token-id': token.id,
    'token-secret': token.secret,
    ...(options.expires === undefined ? {} : { expiration: `${options.expires.toISOString().slice(0, 19)}Z` }),
    ...defined({ description: options.description }),
    ...Object.fromEntries(usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
    ...(groups.length === 0 ? {} : { 'auth-extra-groups': groups.join(',') }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${token.id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
    ),
  };
}

function randomText(length: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  // randomInt is uniform; a modulus of a random byte would not be.
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
