import { expect, test, vi } from 'vitest';
import { bringAhead } from '../../../src/engine/run/ahead.js';
import type { Looks } from '../../../src/engine/run/looks.js';
import type { Observed } from '../../../src/engine/change/observe.js';
import type { HostConnection, Whole } from '../../../src/model/host.js';
import { limiter } from '../../../src/model/limit.js';
import type { Phase } from '../../../src/model/phase.js';
import type { Step, Tools } from '../../../src/model/resource.js';

const phaseOf = (id: string): Phase => ({ id, title: id, appliesTo: () => true, resources: () => [] });
const [packages, images] = [phaseOf('packages'), phaseOf('images')];
const FILE: Whole = { localFile: '/images.tar', size: 9, sha256: 'a'.repeat(64) };

/** What was seen of each phase: whether it has to change something, and what that brings. */
function looksOf(
  seen: Readonly<Record<string, { readonly changed: boolean; readonly brings?: readonly Whole[] }>>,
): Looks {
  const known = ({ id }: Phase): Observed[] =>
    [seen[id] ?? []].flat().map(({ changed, brings }) => {
      const step: Step = { do: 'call', title: 'x', run: () => Promise.resolve(), ...(brings ? { brings } : {}) };
      return {
        resource: { id },
        seen: '',
        kind: { apply: () => [step] },
        difference: { changed },
      } as unknown as Observed;
    });
  return { known } as Looks;
}

const MISSING = looksOf({ packages: { changed: true }, images: { changed: true, brings: [FILE] } });

function optionsOf(ahead: HostConnection['ahead'], more: Partial<Parameters<typeof bringAhead>[2]> = {}) {
  const tools = {
    host: { host: 'n1', ahead, isFar: () => true },
    signal: new AbortController().signal,
  } as unknown as Tools;
  return { tools, permit: () => undefined, slot: limiter(1), ...more };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what later phases will bring is on its way at once, and ends with the run', async () => {
  let signal: AbortSignal | undefined;
  const ahead = vi.fn((_files: readonly Whole[], until: AbortSignal) => {
    signal = until;
    return new Promise<void>((resolve) => until.addEventListener('abort', () => resolve()));
  });
  const coming = bringAhead([packages, images], MISSING, optionsOf(ahead));
  await turn();
  expect(ahead.mock.calls.map(([files]) => files)).toEqual([[FILE]]);
  coming.isTurnOf(images);
  expect(signal?.aborted).toBe(false);
  await coming.stop();
  expect(signal?.aborted).toBe(true);
});

test('nothing comes ahead that is there, that may not be changed, or where the way is another one', async () => {
  const ahead = vi.fn(() => Promise.resolve());
  const there = looksOf({ images: { changed: false, brings: [FILE] } });
  bringAhead([images], there, optionsOf(ahead));
  bringAhead([packages, images], MISSING, {
    ...optionsOf(ahead),
    permit: (phase) => {
      if (phase === 'images') throw new Error('not in the plan');
    },
  });
  await bringAhead([packages, images], MISSING, optionsOf(undefined)).stop();
  await turn();
  expect(ahead).not.toHaveBeenCalled();
});

test('what has not begun by its turn is left to the phase', async () => {
  const slot = limiter(1);
  let free = (): void => undefined;
  const busy = slot(() => new Promise<void>((resolve) => (free = resolve)));
  await turn();
  const ahead = vi.fn(() => Promise.resolve());
  const coming = bringAhead([packages, images], MISSING, optionsOf(ahead, { slot }));
  coming.isTurnOf(packages);
  coming.isTurnOf(images);
  free();
  await busy;
  await turn();
  await coming.stop();
  expect(ahead).not.toHaveBeenCalled();
});
