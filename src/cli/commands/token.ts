import { KinitError, RESULT_CODES } from '../../model/error.js';
import type { LoadedInventory } from '../../model/spec.js';
import type { RunningCluster } from '../../engine/index.js';
import { defineCommand, defineGroup, type CommandContext } from '../arguments/command.js';
import { REACHES_HOSTS } from '../arguments/exit-codes.js';
import { loadedInventory } from '../files/inventory.js';
import { withConnectOptions } from '../arguments/options.js';
import { table } from '../render/tables/table.js';
import { parseDuration } from '../terminal/size.js';

const create = defineCommand({
  usage: 'create',
  describe: 'Make a bootstrap token that nodes join with',
  examples: [
    ['token create --print-join-command', 'a kubeadm join command, for a host prepared already'],
    ['token create --control-plane', 'one that joins a control plane, with the files it needs; valid for two hours'],
    ['token create --ttl 2h', 'valid for two hours'],
  ],
  printsValue: true,
  exitCodes: [...REACHES_HOSTS, 'refused'],
  options: (yargs) =>
    withConnectOptions(yargs)
      .option('ttl', {
        type: 'string',
        requiresArg: true,
        defaultDescription: '24h; 2h with --control-plane, and no longer',
        describe: 'How long it is valid (30m, 2h, 7d); 0: for ever',
      })
      .option('description', { type: 'string', requiresArg: true, describe: 'Remark that token list shows' })
      .option('print-join-command', {
        type: 'boolean',
        default: false,
        describe: 'Print the kubeadm join command that uses it',
      })
      .option('control-plane', {
        type: 'boolean',
        default: false,
        describe:
          'Print the command that joins a control plane, and put the files it needs into the cluster, encrypted',
      }),
  run: async (args, context) => {
    if (args.controlPlane) return forControlPlane(args, context);
    const ttlSeconds = parseDuration('ttl', args.ttl ?? '24h', 'for ever');
    const [{ createToken, joinCommand }, { caCertHash }] = await Promise.all([
      import('../../cluster/index.js'),
      import('../../pki/index.js'),
    ]);
    return inCluster(args, context, async ({ api, endpoint, caPem, signs }) => {
      if (!signs) throw nobodySigns();
      const { id, secret, expires } = await createToken(api, {
        ttlSeconds,
        ...(args.description === undefined ? {} : { description: args.description }),
      });
      const token = `${id}.${secret}`;
      const join = joinCommand({ endpoint, token, caHash: caCertHash(caPem) });
      await context.ui.result(
        { token, expires: expires?.toISOString() ?? null, joinCommand: join },
        args.printJoinCommand ? join : token,
      );
      return 0;
    });
  },
});

/** Seconds that keys of the cluster's CAs lie in it at most, encrypted (kubeadm: constants.DefaultCertTokenDuration). */
const LONGEST = 7200;

async function forControlPlane(
  args: ConnectArguments & { readonly ttl?: string | undefined; readonly description?: string | undefined },
  context: CommandContext,
): Promise<number> {
  const ttlSeconds = parseDuration('ttl', args.ttl ?? '2h');
  if (ttlSeconds === 0 || ttlSeconds > LONGEST)
    throw new KinitError('--control-plane goes with a --ttl of two hours at most', {
      class: 'usage',
      found: args.ttl ?? '',
      hint: "For so long the keys of the cluster's CAs are in the cluster, encrypted. Call it again when you need it again.",
    });
  const { offerControlPlane } = await import('../../engine/index.js');
  return inCluster(args, context, async (cluster, { spec }) => {
    const { token, command } = await offerControlPlane(cluster, spec, {
      ttlSeconds,
      ...(args.description === undefined ? {} : { description: args.description }),
    });
    await context.ui.result(
      { token: `${token.id}.${token.secret}`, expires: token.expires?.toISOString() ?? null, joinCommand: command },
      command,
    );
    return 0;
  });
}

const nobodySigns = (): KinitError =>
  new KinitError('no token was made: nobody in this cluster signs a certificate for who joins with it', {
    class: 'refused',
    found: "the key of the cluster's CA is on no control-plane host",
    hint: 'Put the host into the inventory: kinit certs requests makes the requests for its certificates, kinit init joins it with the answers.',
  });

const list = defineCommand({
  usage: 'list',
  describe: 'List bootstrap tokens, without their secret halves',
  examples: [['token list', 'which are there, and until when?']],
  exitCodes: REACHES_HOSTS,
  options: withConnectOptions,
  run: async (args, context) => {
    const { listTokens } = await import('../../cluster/index.js');
    return inCluster(args, context, async ({ api }) => {
      const tokens = await listTokens(api);
      const rows = tokens.map(({ id, expires, usages, description }) => [
        id,
        expires ?? 'never',
        usages.join(','),
        description ?? '',
      ]);
      await context.ui.result(
        tokens,
        tokens.length === 0
          ? 'There is no token. kinit token create makes one.'
          : table(['TOKEN', 'EXPIRES', 'USAGES', 'DESCRIPTION'], rows),
      );
      return 0;
    });
  },
});

const remove = defineCommand({
  usage: 'delete <token..>',
  describe: 'Delete bootstrap tokens, by their first six characters',
  examples: [['token delete abcdef', 'nobody can join with it any more']],
  exitCodes: [...REACHES_HOSTS, 'absent'],
  options: (yargs) =>
    withConnectOptions(yargs).positional('token', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'The part before the dot, or the whole token',
    }),
  run: async (args, context) => {
    const ids = args.token.map(idOf);
    const { deleteToken } = await import('../../cluster/index.js');
    return inCluster(args, context, async ({ api }) => {
      const results = [];
      for (const id of ids) results.push({ id, deleted: await deleteToken(api, id) });
      await context.ui.result(
        results,
        results.map(({ id, deleted }) => (deleted ? `Deleted ${id}` : `There is no token ${id}`)).join('\n'),
      );
      return results.every(({ deleted }) => deleted) ? 0 : RESULT_CODES.absent;
    });
  },
});

/** Whoever gives the whole token must not read its secret half again in a log. @throws KinitError usage */
function idOf(token: string): string {
  const [id = ''] = token.split('.');
  // As the API server knows tokens (kubernetes: bootstrap/token/api, BootstrapTokenIDPattern).
  if (/^[a-z0-9]{6}$/.test(id)) return id;
  throw new KinitError('that is no bootstrap token', {
    class: 'usage',
    found: id === '' ? 'nothing before the dot' : id,
    hint: 'Name its first six letters and digits: kinit token list shows them.',
  });
}

/** Bootstrap tokens. */
export const token = defineGroup(
  'token',
  'Make, list and delete bootstrap tokens',
  [create, list, remove],
  [
    ['token create --print-join-command', 'a kubeadm join command'],
    ['token list', 'which are there?'],
  ],
);

interface ConnectArguments {
  readonly inventory?: string | undefined;
  readonly acceptNewHostKeys: boolean;
}

async function inCluster<T>(
  args: ConnectArguments,
  context: CommandContext,
  use: (cluster: RunningCluster, inventory: LoadedInventory) => Promise<T>,
): Promise<T> {
  const inventory = await loadedInventory(args, context);
  const { withCluster } = await import('../../engine/index.js');
  const { acceptNewHostKeys } = args;
  return withCluster({ inventory, acceptNewHostKeys, signal: context.signal, mayReadKeys: true }, (cluster) =>
    use(cluster, inventory),
  );
}
