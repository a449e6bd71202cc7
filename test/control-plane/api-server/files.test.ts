import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  admissionConfiguration,
  auditPolicy,
  authenticationConfiguration,
} from '../../../src/control-plane/api-server/files.js';
import { goldenConfig } from '../../golden.js';

test.each([
  ['audit-policy.yaml', auditPolicy()],
  ['admission.yaml', admissionConfiguration()],
  ['authentication.yaml', authenticationConfiguration()],
])('%s is the golden file', (name, text) => {
  expect(text).toBe(goldenConfig(name));
});

test('without credentials one may ask for health and cluster-info, nothing else', () => {
  const { anonymous } = parse(authenticationConfiguration()) as {
    anonymous: { conditions: { path: string }[] };
  };
  expect(anonymous.conditions.map(({ path }) => path)).toEqual([
    '/livez',
    '/readyz',
    '/healthz',
    '/api/v1/namespaces/kube-public/configmaps/cluster-info',
  ]);
});

test('the audit log never holds the content of a Secret', () => {
  const { rules } = parse(auditPolicy()) as {
    rules: {
      level: string;
      resources?: { group: string; resources: string[] }[];
      nonResourceURLs?: string[];
      users?: string[];
      userGroups?: string[];
      verbs?: string[];
    }[];
  };
  const first = rules.find(
    ({ resources, nonResourceURLs }) =>
      nonResourceURLs === undefined &&
      (resources === undefined || resources.some((item) => item.group === '' && item.resources.includes('secrets'))),
  );
  expect(first).toEqual({ level: 'Metadata', resources: expect.anything() as unknown });
});
