import { asKinitError, RESULT_CODES } from '../../model/error.js';
import { hostNames, withConnectOptions, withRunOptions, withWriteOptions } from '../arguments/options.js';
import { REACHES_HOSTS, CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { defineCommand, defineGroup } from '../arguments/command.js';
import { loadedInventory } from '../files/inventory.js';
import { count } from '../render/text.js';

const renew = defineCommand({
  usage: 'renew [host..]',
  describe:
    'Make every certificate that kinit signs anew, with new keys, host by host, and see that what uses them serves with them',
  examples: [
    ['certs renew', 'all of the cluster; kinit init alone renews those in the last third of their life'],
    ['certs renew node1', 'those of one host'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) => withWriteOptions(withRunOptions(yargs)).positional('host', hostNames),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ runEngine }, { RENEWAL_PHASES }] = await Promise.all([
      import('../run-engine.js'),
      import('../../phases/renewal.js'),
    ]);
    const run = { ...args, only: RENEWAL_PHASES, renewal: 'all' } as const;
    const { changes, failedHosts } = await runEngine('init', inventory, args.host, run, context);
    await context.ui.result(
      { changes, failedHosts },
      `Certificates renewed: ${count(changes, 'change')}. Kubelets renew their own. kinit certs list shows when each ends; kinit kubeconfig fetches the administrator's new kubeconfig.`,
    );
    return 0;
  },
});

const list = defineCommand({
  usage: 'list [host..]',
  describe: 'Show every certificate: where it is, when it ends, who signed it, who renews it, and whether it is served',
  examples: [
    ['certs list', 'which ends first?'],
    ['certs list --output json', 'the same for a script; exit code 3 when one ends within 30 days'],
  ],
  exitCodes: [...REACHES_HOSTS, 'unwell'],
  options: (yargs) => withConnectOptions(yargs).positional('host', hostNames),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ lookAtCertificates }, { certificateRows, renderCertificates }] = await Promise.all([
      import('../../engine/index.js'),
      import('../render/tables/certificates.js'),
    ]);
    const { hosts, lost } = await lookAtCertificates({
      inventory,
      acceptNewHostKeys: args.acceptNewHostKeys,
      signal: context.signal,
      ...(args.host.length === 0 ? {} : { hosts: args.host }),
    });
    const rows = certificateRows(hosts, new Date());
    await context.ui.result(rows, renderCertificates(rows, context.ui.paint));
    const [first] = lost;
    if (first !== undefined) throw asKinitError(first.error).at({ host: first.spec.name });
    return rows.every(({ soon }) => !soon) ? 0 : RESULT_CODES.unwell;
  },
});

/** Certificates of the cluster. */
export const certs = defineGroup(
  'certs',
  'Show when certificates end, and renew them',
  [list, renew],
  [
    ['certs list', 'which ends first?'],
    ['certs renew', 'make them anew'],
  ],
);
