import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookAtAll, type Looks } from '../../../src/engine/run/looks.js';
import { KinitError } from '../../../src/model/error.js';
import type { HostConnection } from '../../../src/model/host.js';
import type { Phase, PhaseContext } from '../../../src/model/phase.js';
import { directory } from '../../../src/resources/directory/index.js';
import { fakeTools, localHost } from '../../cluster/fakes.js';

const MODE = 0o750;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-looks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (id: string): void => void mkdirSync(join(folder, id), { mode: MODE });

/** A phase that wants one folder. */
const phase = (id: string, more: Partial<Phase> = {}): Phase => ({
  id,
  title: id,
  appliesTo: () => true,
  resources: () => [directory({ path: join(folder, id), mode: MODE })],
  ...more,
});

interface Begun {
  readonly looks: Looks;
  readonly asked: () => number;
  readonly host: HostConnection;
}

async function begin(phases: readonly Phase[], mustWait: (phase: Phase) => boolean = () => false): Promise<Begun> {
  const local = localHost();
  let asked = 0;
  const host: HostConnection = {
    ...local,
    run: (script, options) => {
      asked += 1;
      return local.run(script, options);
    },
  };
  const looks = await lookAtAll(phases, {
    context: {} as PhaseContext,
    tools: fakeTools({ host }),
    dryRun: false,
    access: { isOpen: () => false },
    mustWait,
  });
  return { looks, asked: () => asked, host };
}

/** Makes the folder of the first phase, looks again, and says of which phases something is known then. */
async function changeFirst(
  phases: readonly Phase[],
  { looks, host }: Begun,
  made = host.run(`mkdir -m 750 ${join(folder, phases[0]?.id ?? '')}`).then(() => undefined),
): Promise<readonly string[]> {
  const [first] = phases as readonly [Phase];
  const [seen] = await looks.again(first, first.resources({} as PhaseContext), fakeTools({ host }), {
    made,
    series: { id: 'a1', broken: false },
  });
  expect(seen?.difference.changed).toBe(false);
  return phases.filter((each) => looks.known(each) !== undefined).map(({ id }) => id);
}

test('a look again is sent behind the change, and takes the phases to come with it: up to the next one that changes the host', async () => {
  make('b');
  const phases = ['a', 'b', 'c', 'd'].map((id) => phase(id));
  const begun = await begin(phases);
  expect(begun.asked()).toBe(1);
  expect(phases.map((each) => begun.looks.known(each)?.[0]?.difference.changed)).toEqual([true, false, true, true]);
  expect(await changeFirst(phases, begun)).toEqual(['b', 'c']);
  // The change, and one question.
  expect(begun.asked()).toBe(3);
});

test.each<[string, Partial<Phase>, Partial<Phase>, (phase: Phase) => boolean]>([
  ['waits for others', {}, {}, ({ id }) => id === 'b'],
  ['wants to look in its turn', {}, { looksInTurn: true }, () => false],
  ['comes behind a wait of this one', { ready: () => Promise.resolve() }, {}, () => false],
])('a phase that %s is not looked at ahead', async (_, mine, next, mustWait) => {
  const phases = [phase('a', mine), phase('b', next)];
  expect(await changeFirst(phases, await begin(phases, mustWait))).toEqual([]);
});

test('a phase that cannot be looked at does not keep the one before it from being seen', async () => {
  const phases = [phase('a'), phase('hung')];
  const begun = await begin(phases);
  let refused = 0;
  const host: HostConnection = {
    ...begun.host,
    run: async (script, options) => {
      if (!script.includes(join(folder, 'hung'))) return begun.host.run(script, options);
      refused += 1;
      throw new KinitError('it hangs', { class: 'timeout' });
    },
  };
  const mkdir = begun.host.run(`mkdir -m 750 ${join(folder, 'a')}`).then(() => undefined);
  expect(await changeFirst(phases, { ...begun, host }, mkdir)).toEqual([]);
  expect(refused).toBe(1);
});

test('where the change fails, so does the look, and nothing is asked once more', async () => {
  const phases = [phase('a'), phase('b')];
  const begun = await begin(phases);
  const failed = Promise.reject(new Error('it failed'));
  failed.catch(() => undefined);
  await expect(changeFirst(phases, begun, failed)).rejects.toThrow('it failed');
  expect(begun.asked()).toBe(2);
});
