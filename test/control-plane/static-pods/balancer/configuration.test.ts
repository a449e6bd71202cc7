import { expect, test } from 'vitest';
import { balancerConfiguration } from '../../../../src/control-plane/static-pods/balancer/configuration.js';
import { staticPodBalancer } from '../../../../src/control-plane/static-pods/balancer/index.js';
import type { FileResource } from '../../../../src/resources/index.js';
import { makeContext } from '../../../templates/context.js';

const local = { apiServer: { balancer: 'local' } };
const member = (address: string, controlPlane = true): object => ({ address, controlPlane, machineId: address });

function contextOf(members: Record<string, object>): ReturnType<typeof makeContext> {
  return makeContext(local, { members: members as never });
}

test('one API server alone is not checked; a worker is no member', () => {
  const { text } = balancerConfiguration(contextOf({ n1: member('10.0.0.1'), n2: member('10.0.0.2', false) }));
  expect(text).toContain('  bind 127.0.0.1:6444\n');
  expect(text.match(/^ {2}server .*/gm)).toEqual(['  server n1 10.0.0.1:6443']);
  expect(text).not.toContain('check-ssl');
});

test('several are checked, and stand there once more unchecked for when all checks fail', () => {
  const { text, digest } = balancerConfiguration(contextOf({ b: member('fd00::2'), a: member('10.0.0.1') }));
  expect(text.match(/^ {2}server .*/gm)).toEqual([
    '  server a 10.0.0.1:6443',
    '  server b [fd00::2]:6443',
    '  server a-unchecked 10.0.0.1:6443 no-check backup',
    '  server b-unchecked [fd00::2]:6443 no-check backup',
    '  server a 10.0.0.1:6443',
    '  server b [fd00::2]:6443',
  ]);
  expect(text).toMatch(/default-server check .*inter 1s .*fall 2 .*on-marked-down shutdown-sessions/);
  expect(text).toContain(`description ${digest}\n`);
});

test('where most have another clock than the node they are gone to; three of them are no majority of six', () => {
  const six = Object.fromEntries([1, 2, 3, 4, 5, 6].map((at) => [`n${String(at)}`, member(`10.0.0.${String(at)}`)]));
  const { text } = balancerConfiguration(contextOf(six));
  expect(text).toContain('use_backend other-clock if { nbsrv(other-clock) ge 4 } { nbsrv(api-servers) lt 4 }');
  expect(text.match(/iif\(.*\)/g)).toEqual(['iif(another,GMT)', 'iif(GMT,the-same)']);
});

test('other members are another digest and the same pod: it reloads, and is not started again', () => {
  const [one, two] = [
    contextOf({ a: member('10.0.0.1') }),
    contextOf({ a: member('10.0.0.1'), b: member('10.0.0.2') }),
  ];
  expect(balancerConfiguration(one).digest).not.toBe(balancerConfiguration(two).digest);
  const pod = (context: ReturnType<typeof makeContext>): unknown =>
    (staticPodBalancer.resources(context) as FileResource[]).find(({ path }) => path?.endsWith('.yaml'))?.content;
  expect(pod(one)).toBe(pod(two));
  expect(pod(one)).toContain('priority: 2000001000');
});
