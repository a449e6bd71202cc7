import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { servesByRequest } from '../../../src/add-ons/index.js';
import { servingApprover } from '../../../src/add-ons/serving-approver/index.js';
import { reservedNames } from '../../../src/add-ons/serving-approver/objects.js';
import { kubeletConfiguration, sharedKubeletConfiguration } from '../../../src/phases/cluster/kubelet/configuration.js';
import { findGo } from '../../../src/artifacts/build/go.js';
import { makeContext } from '../../templates/context.js';

const FOLDER = fileURLToPath(new URL('../../../components/serving-approver', import.meta.url));
const go = await findGo();

// A machine that does other things takes minutes to compile what a quiet one compiles in seconds.
test.skipIf(go === undefined)('what it approves and what not: its own tests', { timeout: 300_000 }, () => {
  const output = execFileSync(go?.command ?? 'go', ['test', '-count=1', './...'], {
    ...{ cwd: FOLDER, encoding: 'utf8', timeout: 290_000 },
  });
  expect(output).toMatch(/^ok /m);
});

test('it may approve for the one signer, and changes nothing else', () => {
  const role = servingApprover.objects(makeContext()).find(({ kind }) => kind === 'ClusterRole') as unknown as {
    rules: { resources: string[]; resourceNames?: string[]; verbs: string[] }[];
  };
  const changing = role.rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
  expect(changing.map(({ resources, resourceNames, verbs }) => [resources, resourceNames, verbs])).toEqual([
    [['certificatesigningrequests/approval'], undefined, ['update']],
    [['signers'], ['kubernetes.io/kubelet-serving'], ['approve']],
  ]);
});

test('names of the API server are reserved, those of hosts are not: they are told apart by the nodes themselves', () => {
  const names = reservedNames(
    makeContext(
      { apiServer: { endpoint: '[fd00::5]:6443', certSANs: ['api.example', '10.77.0.11', 'n2'] } },
      { endpoint: '[fd00::5]:6443' },
    ),
  );
  expect(names).toEqual(
    expect.arrayContaining(['kubernetes.default.svc', '10.96.0.1', '127.0.0.1', 'fd00::5', 'api.example']),
  );
  expect(names).not.toContain('10.77.0.11');
  expect(names).not.toContain('n2');
});

test('a kubelet starts with what kinit signed and asks for the next; one that kinit never saw has nothing to start with', () => {
  const context = makeContext();
  expect(parse(kubeletConfiguration(context))).toMatchObject({
    serverTLSBootstrap: true,
    tlsCertFile: '/var/lib/kubelet/pki/kubelet.crt',
    tlsPrivateKeyFile: '/var/lib/kubelet/pki/kubelet.key',
  });
  const shared = parse(sharedKubeletConfiguration(context)) as object;
  expect(shared).toMatchObject({ serverTLSBootstrap: true });
  expect(Object.keys(shared)).not.toContain('tlsCertFile');
});

test.each([
  ['nothing makes its image here', { artifacts: { ...makeContext().artifacts, images: [] } }],
  ['nothing in the cluster can sign', { material: {} }],
])('where %s, kubelets keep to what kinit signs', (_why, more) => {
  const context = makeContext({}, more);
  expect(servesByRequest(context)).toBe(false);
  expect(servingApprover.objects(context)).toEqual([]);
  expect(Object.keys(parse(kubeletConfiguration(context)) as object)).not.toContain('serverTLSBootstrap');
  expect(Object.keys(parse(kubeletConfiguration(context)) as object)).not.toContain('tlsCertFile');
});
