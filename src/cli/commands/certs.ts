import { asKinitError, RESULT_CODES } from '../../model/error.js';
import { hostNames, withConnectOptions, withRunOptions, withWriteOptions } from '../arguments/options.js';
import { REACHES_HOSTS, CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { defineCommand, defineGroup } from '../arguments/command.js';
import { loadedInventory } from '../files/inventory.js';
import { count } from '../render/text.js';
import { confirm } from '../terminal/confirm.js';
import { defined } from '../../model/defined.js';

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

const rotateCa = defineCommand({
  usage: 'rotate-ca [name..]',
  describe:
    'Replace CAs in three stages: both trusted, everything signed anew, the old one gone; cut anywhere, it goes on when called again',
  examples: [
    ['certs rotate-ca --dry-run', 'what the next stage would do'],
    ['certs rotate-ca', 'all CAs of the cluster'],
    ['certs rotate-ca front-proxy-ca', 'one alone'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) =>
    withWriteOptions(withRunOptions(yargs))
      .positional('name', {
        type: 'string',
        array: true,
        default: [],
        describe: 'CA by its file below /etc/kubernetes/pki (ca, front-proxy-ca); all without',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only show what the next stage would do' })
      .option('again', { type: 'boolean', default: false, describe: 'Replace also a CA that was made today' })
      .option('leave-pods', {
        type: 'boolean',
        default: false,
        describe: 'Go on though pods were started before there was a new CA, and may trust only the old one',
      }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ plannedRotation, rotate }, { runEngine }, { ROTATION_PHASES }, { renderPlan }] = await Promise.all([
      import('../../engine/index.js'),
      import('../run-engine.js'),
      import('../../phases/renewal.js'),
      import('../render/tables/changes.js'),
    ]);
    const { ui, record, signal } = context;
    const { acceptNewHostKeys, name: names, again, leavePods } = args;
    const options = { inventory, acceptNewHostKeys, signal, names, again, leavePods };
    const steps = await plannedRotation(options);
    const run = { ...args, only: ROTATION_PHASES };
    const [first] = steps;
    const which = first?.names.join(', ') ?? '';
    if (args.dryRun) {
      await runEngine('plan', inventory, undefined, { ...run, ...defined({ rotation: first }) }, context);
      const hosts = inventory.spec.hosts.map((host) => host.name);
      const shown = renderPlan(record.changes, hosts, ui.paint, ui.verbose);
      const left = steps.map(({ stage }) => `${stage}: ${STAGE_TEXTS[stage]}`).join('\n  ');
      await ui.result(
        { names: first?.names ?? [], stages: steps.map(({ stage }) => stage), changes: record.changes.length },
        `${shown}\n\nStages of ${which} that are left; the changes above are the first one's:\n  ${left}`,
      );
      return 0;
    }
    await confirm(`Replace ${which} (${steps.map(({ stage }) => stage).join(', ')})?`, args, context);
    await rotate(steps, options, async (rotation) => {
      await runEngine('init', inventory, undefined, { ...run, rotation }, context);
    });
    await ui.result(
      { names: first?.names ?? [], stages: steps.map(({ stage }) => stage) },
      `Replaced: ${which}. Kubeconfigs from before let nobody in any more: fetch the administrator's with kinit kubeconfig. Join commands from before name the old CA: kinit token create --print-join-command.`,
    );
    return 0;
  },
});

const STAGE_TEXTS = {
  trust: 'the new CA is made, and trusted by everything beside the old one; pods of kinit are started anew',
  reissue: 'the new CA signs everything anew: servers, kubeconfigs, kubelets; the old one is still trusted',
  finish: 'the old CA is trusted by nothing any more',
} as const;

/** Certificates of the cluster. */
export const certs = defineGroup(
  'certs',
  'Show when certificates end, renew them, and replace their CAs',
  [list, renew, rotateCa],
  [
    ['certs list', 'which ends first?'],
    ['certs renew', 'make them anew'],
    ['certs rotate-ca', 'replace the CAs'],
  ],
);
