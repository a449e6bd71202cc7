import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { renewedByOthers } from '../../../src/engine/guard/renewed.js';
import { kubeconfig } from '../../../src/pki/index.js';

const CONF = '/etc/kubernetes/scheduler.conf';
const MANIFEST = '/etc/kubernetes/manifests/kube-scheduler.yaml';

/** A scheduler that was started with one certificate, and the one that is in its kubeconfig now. */
function host(started: string | undefined, now: string): Parameters<typeof renewedByOthers>[0] {
  const digest = createHash('sha256')
    .update(started ?? '')
    .digest('hex');
  const annotation = started === undefined ? '' : `\n    kinit/credentials-sha256: ${digest}`;
  const written = kubeconfig({
    ...{ clusterName: 'demo', server: 'https://10.0.0.1:6443', caPem: 'CA', userName: 'system:kube-scheduler' },
    user: { certPem: now, keyPem: 'KEY' },
  });
  return {
    kubernetes: {
      pki: { [CONF]: written },
      manifests: { [MANIFEST]: `metadata:\n  annotations:\n    other: x${annotation}\n` },
    },
  } as unknown as Parameters<typeof renewedByOthers>[0];
}

test('a certificate that its component was not started with was renewed by somebody else', () => {
  expect(renewedByOthers(host('OLD', 'NEW'))).toMatch(/\(\/etc\/kubernetes\/scheduler\.conf\): kubeadm certs renew/);
});

test('nothing is told of one that it was started with, nor of a pod that kinit did not write', () => {
  expect(renewedByOthers(host('OLD', 'OLD'))).toBeUndefined();
  expect(renewedByOthers(host(undefined, 'NEW'))).toBeUndefined();
});
