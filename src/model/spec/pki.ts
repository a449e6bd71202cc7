import { z } from 'zod';
import { fixed, free } from './marks.js';
import { days } from './primitives.js';

/** Names that kubeadm's encryptionAlgorithm takes too (kubeadm.k8s.io/v1beta4, EncryptionAlgorithmType). */
const KEY_ALGORITHMS = ['ECDSA-P256', 'RSA-2048', 'RSA-3072', 'RSA-4096'] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

const ONE_CA = 'everything in the cluster trusts the CA it was made with';

const caFiles = z.strictObject({
  certFile: z.string().describe('CA certificate (PEM) on this machine.').meta(fixed(ONE_CA)),
  keyFile: z
    .string()
    .optional()
    .describe(
      'Its private key (PEM, not encrypted) on this machine. Absent: kinit signs nothing for this CA, writes requests (kinit certs requests) and reads the answers.',
    )
    .meta(fixed(ONE_CA)),
});

export const pkiOptions = z
  .strictObject({
    validityDays: days.default(365).describe('Life of certificates, in days.').meta(free),
    caValidityDays: days.default(3650).describe('Life of the CAs, in days.').meta(free),
    keyAlgorithm: z
      .enum(KEY_ALGORITHMS)
      .default('ECDSA-P256')
      .describe("Of keys that are made, by kubeadm's names (its encryptionAlgorithm). Keys that are there stay.")
      .meta(free),
    ca: caFiles.optional().describe('Your own cluster CA.'),
    etcdCa: caFiles.optional().describe('Your own etcd CA.'),
    frontProxyCa: caFiles.optional().describe('Your own front-proxy CA.'),
    requestsDir: z
      .string()
      .optional()
      .describe(
        'Folder on this machine for what a CA without keyFile is to sign, and for its answers; it holds private keys. Absent: requests, beside the inventory.',
      )
      .meta(free),
  })
  .prefault({})
  .describe('Certificates and CAs.');
