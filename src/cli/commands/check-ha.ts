import type { FailoverSeen } from '../../engine/index.js';
import { RESULT_CODES } from '../../model/error.js';
import { defineCommand } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { withConnectOptions, withWriteOptions } from '../arguments/options.js';
import { loadedInventory } from '../files/inventory.js';

/** Seconds without an answer that clients may have to wait after an API server was killed. */
const GOAL = 3;

/** Loses an API server on purpose. */
export const checkHa = defineCommand({
  usage: 'ha',
  describe: 'Kill the API server of one control plane, and measure how long clients on a node go without an answer',
  examples: [
    ['check ha', 'asks first; the API server is started again by itself'],
    ['check ha --yes --output json', 'for a script: gaps in seconds, writes that were lost'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'unwell', 'refused'],
  options: (yargs) => withWriteOptions(withConnectOptions(yargs)),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ checkFailover }, { ask, writeOptionsOf }] = await Promise.all([
      import('../../engine/index.js'),
      import('../run-engine.js'),
    ]);
    const { emit, signal, ui } = context;
    const { lock } = writeOptionsOf(args);
    const question = `Kill the API server of one control plane of ${inventory.spec.name}, to see how long clients wait? Its others stay.`;
    const agree = (): Promise<void> => ask(question, args, context);
    const { acceptNewHostKeys } = args;
    const seen = await checkFailover({ inventory, acceptNewHostKeys, lock, agree, emit, signal });
    const trouble = troubleOf(seen);
    await ui.result({ ...seen, well: trouble.length === 0 }, [...told(seen), ...trouble].join('\n'));
    return trouble.length === 0 ? 0 : RESULT_CODES.unwell;
  },
});

function told({ killed, on, through, back, writeGap, readGap, written, read }: FailoverSeen): string[] {
  return [
    `Killed: the API server of ${killed}, which clients on ${on} were connected to. It was ready again after ${String(back)} s.`,
    `Longest time without an answer at ${through} on ${on}: ${String(writeGap)} s for writes, ${String(readGap)} s for reads.`,
    `${String(written)} writes were acknowledged, ${String(read)} reads answered.`,
  ];
}

function troubleOf({ writeGap, readGap, lost, wrong }: FailoverSeen): string[] {
  return [
    ...(lost > 0 ? [`${String(lost)} acknowledged writes are lost: kinit datastore status, kinit doctor.`] : []),
    ...(wrong > 0 ? [`${String(wrong)} reads gave less than had been written: kinit doctor.`] : []),
    ...(Math.max(writeGap, readGap) > GOAL
      ? [
          `That is more than the ${String(GOAL)} s that it should be: a machine that is slow, or a balancer that does not notice. kinit doctor.`,
        ]
      : []),
  ];
}
