import { expect, test } from 'vitest';
import { throughOf } from '../../../src/engine/failover/check.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { LoadedInventory } from '../../../src/model/spec.js';
import { KinitError } from '../../../src/model/error.js';
import { run, SHELLS } from '../../resources/sh.js';
import { sh, shellScript } from '../../../src/shell/script.js';

function inventory(more: object): LoadedInventory {
  const hosts = [{ name: 'c1', address: '10.0.0.1', roles: ['control-plane'] }];
  return { spec: specSchema.parse({ kubernetesVersion: '1.36.3', hosts, ...more }) } as unknown as LoadedInventory;
}
const servers = (number: number): LiveHost[] => Array.from({ length: number }, () => ({}) as LiveHost);
const LOCAL = { apiServer: { balancer: 'local' } };

function refusal(more: object, number: number): string {
  try {
    return `not refused: ${throughOf(inventory(more), servers(number), '10.0.0.1:6443')}`;
  } catch (thrown) {
    if (!(thrown instanceof KinitError) || thrown.context.class !== 'refused') throw thrown;
    return thrown.message;
  }
}

test('clients go the way of the nodes: through their balancer, or the one that the inventory names', () => {
  expect(throughOf(inventory(LOCAL), servers(2), '10.0.0.1:6443')).toBe('127.0.0.1:6444');
  const outside = { apiServer: { balancer: 'none', endpoint: 'api.example.com:443' } };
  expect(throughOf(inventory(outside), servers(3), 'api.example.com:443')).toBe('api.example.com:443');
});

test('where there is nothing to go over to, nothing is killed, and the reason is told', () => {
  expect(refusal(LOCAL, 1)).toMatch(/one control plane: there is no other API server.*nothing was touched/);
  expect(refusal({ apiServer: { balancer: 'none' } }, 3)).toMatch(/10\.0\.0\.1:6443, which is one control plane alone/);
  const embedded = { ...LOCAL, controlPlane: { mode: 'embedded' }, datastore: 'etcd' };
  expect(refusal(embedded, 2)).toMatch(/takes its member of the datastore along/);
  expect(refusal(embedded, 3)).toMatch(/^not refused/);
});

test.each(SHELLS)('only the process that it was is killed (%s)', (shell) => {
  const kill = (pid: string, name: string): ReturnType<typeof run> =>
    run(
      shell,
      // It has the shell's own name until it is what was started.
      `sleep 100 & PID=$!\nn=0\nuntil [ "$(cat /proc/$PID/comm)" = sleep ] || [ $n -ge 1000 ]; do n=$((n + 1)); done\n${sh(shellScript('../../../src/engine/failover/kill.sh', import.meta.url), { args: [pid, name] }).replaceAll('@PID', '"$PID"')}\ncode=$?\nif [ $code -eq 0 ]; then\nwait $PID\necho "ended by $?"\nelse\nkill -0 $PID && echo alive\nkill -9 $PID\nfi`,
    );
  expect(kill('@PID', 'sleep').stdout).toBe('ended by 137\n');
  expect(kill('@PID', 'kube-apiserver').stdout).toBe('alive\n');
  expect(kill('', 'sleep').stdout).toBe('alive\n');
});
