import { expect, test } from 'vitest';
import type { Observed } from '../../../src/engine/change/observed.js';
import { wantedDigest } from '../../../src/engine/plan/content.js';
import type { Masks } from '../../../src/engine/plan/masks.js';
import { permitReviewed, type ReviewedPlan } from '../../../src/engine/plan/reviewed.js';
import { NO_TWINS } from '../../../src/engine/plan/twins.js';
import { KinitError } from '../../../src/model/error.js';
import { service } from '../../../src/resources/index.js';

const same = (text: string): string => text;
const masks = { wanted: same, shown: same, made: () => undefined } as unknown as Masks;
const kubelet = (revision: string) => service({ name: 'kubelet', enabled: true, running: true, revision });

/** A plan in which the phase of the balancer starts the kubelet anew. */
const reviewed = {
  content: {
    hosts: [
      {
        host: 'a',
        changes: [{ phase: 'balancer', resource: 'service:kubelet', wanted: wantedDigest(kubelet('1'), masks) }],
      },
    ],
  },
  digest: 'd',
  file: 'plan.json',
} as unknown as ReviewedPlan;

function permit(phase: string, revision: string): void {
  const change = { action: 'run', summary: 'restart kubelet', reason: 'r' };
  const observed = [{ resource: kubelet(revision), difference: { changed: true, change } }] as unknown as Observed[];
  permitReviewed(reviewed, masks, { host: 'a', phase, observed, twins: NO_TWINS });
}

test('what several phases want stands in a plan once, and whichever comes to it may do it', () => {
  permit('balancer', '1');
  permit('node', '1');
});

test('what is wanted otherwise than it was reviewed is not done, in whatever phase', () => {
  for (const phase of ['balancer', 'node']) expect(() => permit(phase, '2')).toThrow(KinitError);
});
