import { expect, test } from 'vitest';
import type { RuntimeChange } from '../../../src/engine/guard/index.js';
import { takeAway } from '../../../src/engine/runtime-change/take-away.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import type { RecordedEntry } from '../../../src/resources/journal/read.js';
import { runtimeNamed } from '../../../src/runtime/index.js';
import { fakeHost } from '../../cluster/fakes.js';

const traces = (runtime: string): RecordedEntry => ({
  name: `000001-traces-${runtime}`,
  id: `traces:${runtime}`,
  sha256: 'a',
  undo: { kind: 'traces', version: 99, data: { runtime } },
});

/** What a host is told to do on the way to containerd, where clusters ran their pods in these, and how much was undone. */
async function deeds(
  change: Partial<RuntimeChange> & { readonly from: string },
  ran: readonly string[],
  retired: readonly RecordedEntry[] = [],
): Promise<{ readonly done: string[]; readonly undone: number }> {
  const done: string[] = [];
  const connection = fakeHost({
    run: (_script, { change: deed = 'read' } = {}) => {
      done.push(deed);
      const stdout = deed.startsWith('undo') ? `kinit-undo ok ${Buffer.from('a').toString('base64')} a\n` : '';
      return Promise.resolve({ code: 0, stdout, stderr: '' });
    },
  });
  const host = { spec: { name: 'n1' }, connection } as unknown as LiveHost;
  const recorded = { all: ran.map(traces), retired };
  const wanted = runtimeNamed('containerd');
  const undone = await takeAway(host, { node: 'n1', ...change }, wanted, recorded, () => undefined);
  return { done, undone };
}

const stop = (title: string): string => `stop the kubelet and the pods of ${title}`;

test('runtimes that the cluster had its pods in are stopped; those that a person has besides are not', async () => {
  expect((await deeds({ from: 'crio' }, ['crio', 'containerd'])).done).toEqual([stop('CRI-O')]);
});

test('that of the kubelet is, also where no kinit noted it', async () => {
  expect((await deeds({ from: 'docker' }, ['containerd'])).done).toEqual([stop('Docker with cri-dockerd')]);
  const begun = { what: 'runtime', node: 'n1', from: 'containerd', to: 'crio', step: 'change' };
  expect((await deeds({ from: 'containerd', begun }, [])).done).toEqual([stop('CRI-O')]);
});

test('what goes is undone, from a journal that is read once; no entries are not all of them', async () => {
  expect(await deeds({ from: 'crio' }, ['crio'], [traces('crio')])).toEqual({
    done: [stop('CRI-O'), 'undo what kinit changed'],
    undone: 1,
  });
  expect((await deeds({ from: 'crio' }, ['crio'])).undone).toBe(0);
});
