import { RESULT_CODES } from '../../model/error.js';
import { defineCommand } from '../arguments/command.js';
import { REACHES_HOSTS } from '../arguments/exit-codes.js';
import { loadedInventory } from '../files/inventory.js';
import { exitCodeForWarnings, hostNames, withConnectOptions } from '../arguments/options.js';

/** Looks at hosts and cluster and explains what is wrong. */
export const doctor = defineCommand({
  usage: 'doctor [host..]',
  describe: 'Examine hosts and cluster, and explain what is wrong with them; changes nothing',
  examples: [
    ['doctor', 'what is wrong?'],
    ['doctor node2', 'the checks of one host, and of the cluster'],
    ['doctor --html report.html', 'the report as a page to send on'],
    ['doctor --bundle doctor.tar.gz', 'everything that was seen, without secrets, for somebody else to look at'],
    ['doctor --output json', 'the same for a script; exit code 3 when something is an error'],
  ],
  exitCodes: [...REACHES_HOSTS, 'unwell', 'warnings'],
  options: (yargs) =>
    withConnectOptions(yargs)
      .positional('host', hostNames)
      .option('html', {
        type: 'string',
        requiresArg: true,
        describe: 'Write the report as one self-contained page to this file',
      })
      .option('exit-code', exitCodeForWarnings)
      .option('bundle', {
        type: 'string',
        requiresArg: true,
        describe: 'Write all evidence, without secrets, to this .tar.gz (mode 600)',
      }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context, [
      { option: '--html', file: args.html, kind: 'page' },
      { option: '--bundle', file: args.bundle, kind: 'evidence' },
    ]);
    const [{ runDoctor }, { doctorPage }, { renderDoctor }, { writeSecretFile }] = await Promise.all([
      import('../../engine/index.js'),
      import('../render/files/doctor-page.js'),
      import('../render/tables/doctor.js'),
      import('../files/secret.js'),
    ]);
    const { report, evidence } = await runDoctor({
      inventory,
      hosts: args.host,
      acceptNewHostKeys: args.acceptNewHostKeys,
      emit: context.emit,
      signal: context.signal,
    });
    if (args.html !== undefined) await writeSecretFile(args.html, doctorPage(report));
    if (args.bundle !== undefined) {
      const { bundle } = await import('../../doctor/index.js');
      await writeSecretFile(args.bundle, await bundle(report, evidence));
    }
    await context.ui.result(report, renderDoctor(report, { paint: context.ui.paint, verbose: context.ui.verbose }));
    for (const file of [args.html, args.bundle]) if (file !== undefined) await context.ui.say(`Written: ${file}`);
    if (!report.well) return RESULT_CODES.unwell;
    const warned = report.checks.some(({ check }) => check.status === 'warning');
    return args.exitCode && warned ? RESULT_CODES.warnings : 0;
  },
});
