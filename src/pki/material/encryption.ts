import { randomBytes } from 'node:crypto';
import { toYaml } from '../../model/text/yaml.js';

/** 32 random bytes in base64: a secretbox or AES-256 key. Secret. */
export function encryptionKey(): string {
  return randomBytes(32).toString('base64');
}

/**
 * EncryptionConfiguration for Secrets at rest (CIS 1.2.27 and 1.2.28): secretbox, with identity behind it
 * so that what was written before stays readable. What exists is kept: another key would make it unreadable. Secret.
 */
export function secretsEncryptionConfig(existing?: string): string {
  if (existing !== undefined && existing.trim() !== '') return existing;
  return toYaml(
    {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'EncryptionConfiguration',
      resources: [
        {
          resources: ['secrets'],
          providers: [{ secretbox: { keys: [{ name: 'key1', secret: encryptionKey() }] } }, { identity: {} }],
        },
      ],
    },
    { indentSeq: false },
  );
}
