import { defineCommand } from '../arguments/command.js';
import { table } from '../render/tables/table.js';

/** The run order. */
export const phases = defineCommand({
  usage: 'phases',
  describe: 'List the phases in their order, by the names that --skip and --only take',
  examples: [['phases', 'what does init do, and in which order?']],
  exitCodes: [],
  options: (yargs) => yargs,
  run: async (_args, { ui }) => {
    const { phaseRows } = await import('../reference/phases.js');
    const rows = phaseRows();
    await ui.result(
      rows,
      table(
        ['PHASE', 'WHAT', 'WAITS ON ALL HOSTS FOR'],
        rows.map(({ id, title, after }) => [id, title, after.join(', ')]),
      ),
    );
    return 0;
  },
});
