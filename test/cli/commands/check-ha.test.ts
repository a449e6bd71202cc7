import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { main } from '../../../src/cli/main.js';
import type { FailoverSeen } from '../../../src/engine/index.js';
import { fakeIo } from '../fake-io.js';

const WELL: FailoverSeen = {
  ...{ killed: 'c2', on: 'w1', through: '127.0.0.1:6444', back: 12.3 },
  ...{ writeGap: 0.4, readGap: 0.2, written: 210, read: 230, lost: 0, wrong: 0 },
};
let seen: FailoverSeen = WELL;
const asked = vi.fn();
vi.mock('../../../src/engine/index.js', () => ({
  checkFailover: async (options: { lock: unknown; agree: () => Promise<void> }) => {
    await options.agree();
    asked(options.lock);
    return seen;
  },
}));

const folder = mkdtempSync(join(tmpdir(), 'kinit-check-ha-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'inventory.yaml');
writeFileSync(file, 'hosts:\n  - { name: c1, address: 10.0.0.1, roles: [control-plane] }\n');
beforeEach(() => {
  seen = WELL;
  asked.mockClear();
});

async function run(...more: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = fakeIo();
  const code = await main(['check', 'ha', '-i', file, ...more], io);
  return { code, out: io.out(), err: io.err() };
}

test('nothing is killed without a yes', async () => {
  const { code, err } = await run();
  expect({ code, err }).toEqual({ code: 10, err: expect.stringMatching(/Kill the API server[^]*--yes/) as string });
  expect(asked).not.toHaveBeenCalled();
});

test('what clients saw is told, under the lock of the cluster', async () => {
  const { code, out } = await run('--yes', '--lock-wait', '30s');
  expect(asked).toHaveBeenCalledExactlyOnceWith({ waitSeconds: 30, force: false });
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(
      /API server of c2, which clients on w1[^]*after 12\.3 s[^]*127\.0\.0\.1:6444 on w1: 0\.4 s for writes, 0\.2 s for reads[^]*210 writes/,
    ) as string,
  });
});

test.each([
  ['a lost write', { lost: 2 }, /2 acknowledged writes are lost/],
  ['a wrong read', { wrong: 1 }, /1 reads gave less/],
  ['a long gap', { readGap: 3.1 }, /more than the 3 s/],
])('%s is a cluster that is not well', async (_what, more, said) => {
  seen = { ...WELL, ...more };
  const { code, out } = await run('--yes');
  expect({ code, out }).toEqual({ code: 3, out: expect.stringMatching(said) as string });
  const json = await run('--yes', '--output', 'json');
  expect(JSON.parse(json.out.trim().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'result',
    command: 'check ha',
    result: { ...seen, well: false },
  });
});

test('it takes no hosts: which one is killed follows from whom clients are connected to', async () => {
  const { code, err } = await run('more');
  expect({ code, err }).toEqual({ code: 10, err: expect.stringContaining('takes no argument "more"') as string });
});
