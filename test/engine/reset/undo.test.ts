import { expect, test } from 'vitest';
import { undoEntries } from '../../../src/engine/reset/undo.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { RUNTIMES } from '../../../src/runtime/index.js';
import { fakeHost } from '../../cluster/fakes.js';

/** What a host is told to do, in order, where its journal notes what clusters with these runtimes leave. */
async function deeds(runtimes: readonly string[]): Promise<string[]> {
  const listed = runtimes.flatMap((runtime, index) => {
    const name = `00000${String(index + 1)}-traces`;
    return [
      `${name}/id:traces:${runtime}`,
      `${name}/kind:traces 99`,
      `${name}/data.json:${JSON.stringify({ runtime })}`,
      `${'a'.repeat(64)}  ${name}/restore.sh`,
    ];
  });
  const done: string[] = [];
  const connection = fakeHost({
    run: (_script, options = {}) => {
      if (options.change !== undefined) done.push(options.change);
      return Promise.resolve({ code: 0, stdout: options.change === undefined ? listed.join('\n') : '', stderr: '' });
    },
  });
  const host = { spec: { name: 'n1' }, connection } as unknown as LiveHost;
  await undoEntries(host, { removePackages: false }, () => undefined);
  return done;
}

const [first, second = first] = RUNTIMES.map(({ id }) => id);

test('where a host has had several runtimes, the pods of all end before anything of them is cleared', async () => {
  expect(await deeds([first ?? '', second ?? ''])).toEqual(['stop all pods', 'undo what kinit changed']);
});

test('with one runtime its own undo does', async () => {
  expect(await deeds([first ?? '', first ?? ''])).toEqual(['undo what kinit changed']);
});
