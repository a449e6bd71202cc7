import { expect, test } from 'vitest';
import { redact, redactValues } from '../../../../src/model/text/redact/index.js';
import { planted } from './planted.js';

/** Each is a text of its own; a failure names the number that makes it again. */
const SEEDS = Array.from({ length: 4000 }, (_none, seed) => seed);

test('no planted secret is left, whatever it stood in', () => {
  const left = SEEDS.flatMap((seed) => {
    const { text, secrets } = planted(seed);
    const shown = redact(text);
    return secrets.some((secret) => shown.includes(secret)) ? [{ seed, text, shown }] : [];
  });
  expect(left.slice(0, 5), `${left.length} of ${SEEDS.length}`).toEqual([]);
});

test('what stands around a secret stays, and a second look changes nothing', () => {
  for (const seed of SEEDS) {
    const shown = redact(planted(seed).text);
    expect(shown.startsWith('kubelet started on node2\n'), `${seed}: ${shown}`).toBe(true);
    expect(shown.endsWith('nothing else on node2\n'), `${seed}: ${shown}`).toBe(true);
    expect(redact(shown), `${seed}`).toBe(shown);
  }
});

test('an object stays an object of the same shape, whatever its texts hold', () => {
  for (const seed of SEEDS.slice(0, 500)) {
    const { text, secrets } = planted(seed);
    const pod = {
      kind: 'Pod',
      status: { phase: 'Running', containerStatuses: [{ ready: true, message: text, n: 3 }] },
    };
    const shown = redactValues(pod);
    expect(shown).toMatchObject({
      kind: 'Pod',
      status: { phase: 'Running', containerStatuses: [{ ready: true, n: 3 }] },
    });
    for (const secret of secrets) expect(JSON.stringify(shown), `${seed}`).not.toContain(secret);
  }
});
