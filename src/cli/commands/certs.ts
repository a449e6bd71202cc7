import { asKinitError, RESULT_CODES } from '../../model/error.js';
import {
  hostNames,
  withClockOption,
  withConnectOptions,
  withRunOptions,
  withWriteOptions,
} from '../arguments/options.js';
import { REACHES_HOSTS, CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { defineCommand, defineGroup } from '../arguments/command.js';
import { loadedInventory } from '../files/inventory.js';
import { requests } from './certs-requests.js';
import { count } from '../render/text.js';
import { replace, withRotationOptions, type RotationTexts } from '../replace.js';

const renew = defineCommand({
  usage: 'renew [host..]',
  describe:
    'Make every certificate that kinit signs anew, with new keys, host by host, and see that what uses them serves with them; cut anywhere, it goes on when called again',
  examples: [
    ['certs renew', 'all of the cluster; kinit init alone renews those in the last third of their life'],
    ['certs renew node1', 'those of one host'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) => withClockOption(withWriteOptions(withRunOptions(yargs))).positional('host', hostNames),
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
    withRotationOptions(withWriteOptions(withRunOptions(yargs)), 'CA')
      .positional('name', {
        type: 'string',
        array: true,
        default: [],
        describe: 'CA by its file below /etc/kubernetes/pki (ca, front-proxy-ca); all without',
      })
      .option('leave-pods', {
        type: 'boolean',
        default: false,
        describe: 'Go on though pods were started before there was a new CA, and may trust only the old one',
      }),
  run: (args, context) => replace({ ...args, sort: 'authorities', phases: caPhases, ...CA_TEXTS }, context),
});

const caPhases = async (): Promise<readonly string[]> => (await import('../../phases/renewal.js')).ROTATION_PHASES;
const keyPhases = async (): Promise<readonly string[]> => (await import('../../phases/renewal.js')).KEY_PHASES;

const CA_TEXTS: RotationTexts = {
  stages: {
    trust: 'the new CA is made, and trusted by everything beside the old one; pods of kinit are started anew',
    reissue: 'the new CA signs everything anew: servers, kubeconfigs, kubelets; the old one is still trusted',
    finish: 'the old CA is trusted by nothing any more',
  },
  afterwards:
    "Kubeconfigs from before let nobody in any more: fetch the administrator's with kinit kubeconfig. Join commands from before name the old CA: kinit token create --print-join-command.",
};

const rotateKeys = defineCommand({
  usage: 'rotate-keys [name..]',
  describe:
    'Replace the keys of service-account tokens and of data at rest in three stages: both accepted, the new one used and what the old one made made anew, the old one gone; cut anywhere, it goes on when called again',
  examples: [
    ['certs rotate-keys --dry-run', 'what the next stage would do'],
    ['certs rotate-keys service-accounts', 'the key that signs tokens'],
    ['certs rotate-keys encryption', 'the key that Secrets are stored with'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) =>
    withRotationOptions(withWriteOptions(withRunOptions(yargs)), 'key')
      .positional('name', {
        type: 'string',
        array: true,
        default: [],
        describe:
          'service-accounts: the key that signs service-account tokens; encryption: the one that Secrets are stored with; all without',
      })
      .option('leave-tokens', {
        type: 'boolean',
        default: false,
        describe: 'Go on though Secrets hold tokens of the old key, which end with it',
      }),
  run: (args, context) => replace({ ...args, sort: 'keys', phases: keyPhases, ...KEY_TEXTS }, context),
});

const KEY_TEXTS: RotationTexts = {
  stages: {
    trust: 'new keys are made; every API server takes tokens of both, and reads what is stored with either',
    reissue: 'the new keys sign and write; pods get other tokens, and all that is stored encrypted is written anew',
    finish: 'the old keys are accepted by nothing and on no host any more',
  },
  afterwards:
    'service-accounts: tokens from before let nobody in any more; kubectl create token makes others. encryption: backups from before need the old key, which only their own copy of keys has (kinit datastore backup --keys).',
};

/** Certificates of the cluster. */
export const certs = defineGroup(
  'certs',
  'Show when certificates end, renew them or ask for others, and replace their CAs and the keys of tokens and stored data',
  [list, renew, requests, rotateCa, rotateKeys],
  [
    ['certs list', 'which ends first?'],
    ['certs renew', 'make them anew'],
    ['certs requests', 'what CAs are to sign whose keys are elsewhere'],
    ['certs rotate-ca', 'replace the CAs'],
    ['certs rotate-keys', 'replace the keys'],
  ],
);
