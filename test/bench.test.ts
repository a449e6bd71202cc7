import { expect, test } from 'vitest';

interface Figure {
  readonly title: string;
  readonly median: number;
  readonly met?: boolean;
}

/** Files of bench/ have no types: they run as they stand. */
const load = async (name: string): Promise<Record<string, (...args: readonly unknown[]) => never>> =>
  (await import(new URL(`../bench/${name}.js`, import.meta.url).href)) as never;

const { figureOf } = (await load('lib/figure')) as unknown as {
  figureOf: (figure: object, runs: readonly number[]) => Figure;
};
const FAST = figureOf({ id: 'a', title: 'start', unit: 'ms', goal: 150 }, [160, 90, 1000, 100, 110]);
const SLOW = figureOf({ id: 'b', title: 'push', unit: 'times', goal: 0.85, atLeast: true }, [0.5, 0.61, 0.58, 0.6]);

test('a figure is the median of its runs, beside the least and the most', () => {
  expect(FAST).toMatchObject({ runs: [160, 90, 1000, 100, 110], min: 90, median: 110, max: 1000, met: true });
  expect(SLOW).toMatchObject({ min: 0.5, median: 0.59, max: 0.61, met: false });
});

const RESULT = {
  part: 'x',
  title: 'Part',
  begun: '2026-11-28T01:02:03.000Z',
  seconds: 7,
  machine: { cpus: 2, model: 'CPU', memoryGB: 24, kernel: '6', loadBefore: 0.1 },
  versions: { kinit: '0.1.0', commit: 'abc', node: '22' },
  commands: ['kinit --help'],
  figures: [FAST, SLOW],
};

test('the page has the goal beside each figure, and says of a missed one why', async () => {
  const { page } = await load('lib/page');
  const part = { id: 'x', about: 'About.', missed: { b: 'It compresses twice.' } };
  const text: string = (page as (shown: unknown) => never)([{ part, result: RESULT }]);
  expect(text).toContain('| start | at most 150 ms | 110 ms ✓ | 90 to 1000 | 5 |');
  expect(text).toContain('| push | at least 0.85 times | 0.59 times ✗ | 0.5 to 0.61 | 4 |');
  expect(text).toContain('**Missed: push.** It compresses twice.');
  expect(text).not.toContain('Missed: start');
});

test('the picture shows what missed its goal as such, and is no wider for what is far out', async () => {
  const { picture } = await load('lib/picture');
  const svg: string = (picture as (result: unknown) => never)(RESULT);
  expect(svg.match(/class="(?:met|missed)"/g)).toEqual(['class="met"', 'class="missed"']);
  const ends = [...svg.matchAll(/H([\d.]+)M/g)].map(([, x]) => Number(x));
  expect(Math.max(...ends)).toBeLessThanOrEqual(690);
});

test('every part measures what its figures name, and goals have a word for when they are missed', async () => {
  const { parts } = (await load('parts/index')) as unknown as {
    parts: readonly { id: string; about: string; figures: readonly { id: string; goal?: number }[] }[];
  };
  expect(parts.map(({ id }) => id)).toEqual(['operator', 'hosts']);
  for (const { figures } of parts) expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length);
});

const SURPRISE = 'a host that is played';
test(`${SURPRISE} knows a question by its scripts, and the second time from the first`, async () => {
  const { requestNamer, requestReader } = await load('site/requests');
  const name = (requestNamer as () => (text: string) => string)();
  const ask = (script: string): string => `_kinit_s='( # ${script}\nset --\n)'`;
  expect([name(ask('a/look')), name(ask('b/look')), name(ask('a/look'))]).toEqual([
    'a/look #1',
    'b/look #1',
    'a/look #2',
  ]);
  const heard: unknown[] = [];
  const read = (requestReader as (on: object) => (chunk: Buffer) => void)({
    onBoot: (nonce: string) => heard.push(nonce),
    onRequest: (id: number, text: string) => heard.push([id, text.length]),
  });
  const nonce = 'a'.repeat(32);
  const request = `_kinit_s=true\nrun\nprintf "${nonce} 1 $_kinit_c"; printf "${nonce} 1 $_kinit_c" >&2\n`;
  const bytes = Buffer.from(`umask; printf "${nonce} boot $$" >&2\n${request}`);
  for (let at = 0; at < bytes.length; at += 7) read(bytes.subarray(at, at + 7));
  expect(heard).toEqual([nonce, [1, request.length]]);
});
