import { EXIT_CODES } from '../../model/error.js';
import { defineCommand, defineGroup } from '../arguments/command.js';
import { inventoryFile } from '../files/inventory.js';
import { count } from '../render/text.js';

const check = defineCommand({
  usage: 'check',
  describe: 'Check the inventory: every problem with its line and column',
  examples: [['inventory check -i inventory.yaml', 'is it good?']],
  exitCodes: ['inventory'],
  options: (yargs) => yargs,
  run: async (args, context) => {
    const { checkInventory, formatProblem } = await import('../../inventory/index.js');
    const file = inventoryFile(args, context);
    const problems = await checkInventory(file);
    const text =
      problems.length === 0
        ? `${file}: no problems`
        : [
            ...problems.map((problem) => formatProblem(file, problem)),
            `${file}: ${count(problems.length, 'problem')}`,
          ].join('\n');
    await context.ui.result({ file, problems }, text);
    return problems.length === 0 ? 0 : EXIT_CODES.inventory;
  },
});

const schema = defineCommand({
  usage: 'schema',
  describe: 'Print the JSON Schema of the inventory, for editors',
  examples: [
    [
      'inventory schema > inventory.schema.json',
      'then, as the first line of the inventory: # yaml-language-server: $schema=inventory.schema.json',
    ],
  ],
  printsValue: true,
  exitCodes: [],
  options: (yargs) => yargs,
  run: async (_args, { ui }) => {
    const { inventorySchema } = await import('../../inventory/index.js');
    const value = inventorySchema();
    await ui.result(value, JSON.stringify(value, null, 2));
    return 0;
  },
});

/** Commands about the inventory file alone; they reach no host. */
export const inventory = defineGroup(
  'inventory',
  'Check the inventory, print its schema',
  [check, schema],
  [
    ['inventory check', 'every problem with its line and column'],
    ['inventory schema', 'JSON Schema for editors'],
  ],
);
