import { expect, test } from 'vitest';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { mendKubelets } from '../../../src/engine/upgrade/mend-kubelets.js';
import type { Upgrade } from '../../../src/engine/upgrade/upgrade.js';
import { failure, fakeHost } from '../../cluster/fakes.js';

interface Situation {
  readonly begun?: boolean;
  /** Version of the oldest API server. */
  readonly oldest?: string;
  /** Of each control plane, by its name. */
  readonly kubelets: Readonly<Record<string, 'active' | 'activating'>>;
  /** Hosts whose turn is to come. */
  readonly nodes: readonly string[];
}

/** An upgrade to 1.36.3 that was taken up again, before anything of it is done; who is asked is written down. */
function upgrade({ begun = true, oldest = '1.36.3', kubelets, nodes }: Situation): { asked: string[]; it: Upgrade } {
  const asked: string[] = [];
  const live = Object.entries(kubelets).map(([name, state]) => {
    const stdout = `ActiveState=${state}\nActiveEnterTimestampMonotonic=1000000\n100.5\n`;
    const run = (): Promise<{ code: number; stdout: string; stderr: string }> => {
      asked.push(name);
      return Promise.resolve({ code: 0, stdout, stderr: '' });
    };
    return {
      spec: { name, roles: ['control-plane'] },
      connection: fakeHost({ host: name, run }),
    } as unknown as LiveHost;
  });
  const hosts = [...live.map(({ spec }) => spec), { name: 'away', roles: ['control-plane'] }];
  const run = {
    known: { oldest },
    emit: ({ host }: { host: string }) => asked.push(`warned of ${host}`),
    signal: new AbortController().signal,
    inventory: { spec: { hosts } },
  };
  const it = { work: { live, run }, begun, controlPlanes: Object.keys(kubelets), nodes, to: '1.36.3' };
  return { asked, it: it as unknown as Upgrade };
}

test('no kubelet is asked where the upgrade begins, or an API server is of the earlier version still', async () => {
  const kubelets = { a: 'activating' } as const;
  for (const more of [{ begun: false }, { oldest: '1.35.4' }]) {
    const { asked, it } = upgrade({ kubelets, nodes: ['a'], ...more });
    expect(await mendKubelets(it)).toEqual([]);
    expect(asked).toEqual([]);
  }
});

test('one that stays up waits for its turn, and one that is through is not asked', async () => {
  const { asked, it } = upgrade({ kubelets: { a: 'active', b: 'activating' }, nodes: ['a'] });
  expect(await mendKubelets(it)).toEqual([]);
  expect(asked).toEqual(['a']);
});

test('one that does not stay up comes first, but not while another control plane is away', async () => {
  const { asked, it } = upgrade({ kubelets: { a: 'active', b: 'activating' }, nodes: ['a', 'b'] });
  expect((await failure(mendKubelets(it))).message).toMatch(/^b is not touched while another control plane.*: away$/);
  expect(asked).toEqual(['a', 'b', 'warned of b']);
});
