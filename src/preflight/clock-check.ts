import { CLOCK_FAR_MS, CLOCK_NEAR_MS } from '../model/clock.js';
import type { Node } from '../model/phase.js';
import { oncePer } from '../model/once.js';
import type { Check } from './check.js';

/** Against the operator's clock, which dates the certificates, and against the other hosts'. */
export const clock: Check = (node, { nodes }) => {
  const own = node.facts.clockOffsetMs;
  const farthest = extremes(nodes).reduce<Node>(
    (far, other) => (Math.abs(other.facts.clockOffsetMs - own) > Math.abs(far.facts.clockOffsetMs - own) ? other : far),
    node,
  );
  const between = own - farthest.facts.clockOffsetMs;
  const worst = Math.max(Math.abs(own), Math.abs(between));
  const status = worst > CLOCK_FAR_MS ? 'error' : worst > CLOCK_NEAR_MS ? 'warning' : 'ok';
  const base = {
    name: 'clock',
    title: 'Clock',
    minimum: `within ${String(CLOCK_FAR_MS / 1000)} s`,
    recommended: `within ${String(CLOCK_NEAR_MS / 1000)} s`,
  };
  const toOperator = `${apart(own)} this machine`;
  if (status === 'ok') return [{ ...base, status, found: toOperator }];
  const found =
    farthest === node || Math.abs(between) <= CLOCK_NEAR_MS
      ? toOperator
      : `${toOperator}, ${apart(between)} ${farthest.spec.name}`;
  return [
    {
      ...base,
      status,
      found,
      hint: "Set the clock right (timedatectl; chronyc makestep), or run the command with --set-clocks (init, join, certs renew), which sets it by this machine's. Where all hosts are wrong alike, look at the clock of this machine.",
    },
  ];
};

/** The hosts that are most behind and most ahead: for every host one of them is the farthest. */
const extremes = oncePer((nodes: readonly Node[]): readonly Node[] => {
  const sorted = nodes.map((node) => ({ node, offset: node.facts.clockOffsetMs })).sort((a, b) => a.offset - b.offset);
  return [sorted[0], sorted.at(-1)].flatMap((each) => each?.node ?? []);
});

function apart(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < 1) return 'within 1 s of';
  return `${seconds >= 10 ? String(Math.round(seconds)) : seconds.toFixed(1)} s ${milliseconds > 0 ? 'ahead of' : 'behind'}`;
}
