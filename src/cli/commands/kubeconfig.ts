import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { KinitError } from '../../model/error.js';
import { quote } from '../../shell/quote.js';
import { defineCommand, type CommandContext } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { confirm } from '../terminal/confirm.js';
import { loadedInventory } from '../files/inventory.js';
import { withConnectOptions } from '../arguments/options.js';
import type { OwnEntries } from '../files/kubeconfig/own.js';
import { hostList } from '../render/host-list.js';

/** pki's ROOT_KUBECONFIG: that room is loaded when it is needed. */
const HOST_KUBECONFIG = '/root/.kube/config';

/** Fetches the administrator's credentials. */
export const kubeconfig = defineCommand({
  usage: 'kubeconfig',
  describe: "Fetch the administrator's kubeconfig into a file (mode 600), merge it, or put it on the workers",
  examples: [
    [
      'kubeconfig',
      'writes ./kubeconfig. Several control planes without an endpoint: context NAME is the first of them, NAME@HOST another, and the first that answers is the current one',
    ],
    ['kubeconfig --merge', 'adds the cluster to ~/.kube/config (or the files of KUBECONFIG); all else in it stays'],
    ['kubeconfig --merge --use', 'and makes it the current context'],
    ['kubeconfig --out - | base64', 'to standard output'],
    ['kubeconfig --on-workers', `also to ${HOST_KUBECONFIG} on every worker`],
  ],
  printsValue: true,
  exitCodes: CHANGES_HOSTS,
  options: (yargs) =>
    withConnectOptions(yargs)
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'File to write ("-": standard output) [default: "kubeconfig"]',
      })
      .option('merge', {
        type: 'boolean',
        default: false,
        describe: 'Put the cluster into the kubeconfig you use; a copy of what it was is kept beside it',
      })
      .option('use', {
        type: 'boolean',
        default: false,
        describe: 'With --merge: make it the current context (where there is none it becomes so by itself)',
      })
      .option('on-workers', {
        type: 'boolean',
        default: false,
        describe: `Also write ${HOST_KUBECONFIG} on every worker`,
      }),
  run: async (args, context) => {
    if (args.merge && args.out !== undefined)
      throw new KinitError('--merge and --out exclude each other', {
        class: 'usage',
        hint: 'KUBECONFIG names the files that --merge reads and writes.',
      });
    if (args.use && !args.merge)
      throw new KinitError('--use needs --merge', { class: 'usage', hint: 'kinit kubeconfig --merge --use' });
    const file = args.merge || args.out === '-' ? undefined : (args.out ?? 'kubeconfig');
    const inventory = await loadedInventory(args, context, [{ option: '--out', file, kind: 'other' }]);
    const [{ apiMembers, withCluster, placeOnHosts }, { kubeconfigOf, ownEntries }, { isControlPlane }] =
      await Promise.all([
        import('../../engine/index.js'),
        import('../files/kubeconfig/own.js'),
        import('../../model/spec.js'),
      ]);
    const { signal, ui, emit } = context;
    const { acceptNewHostKeys } = args;
    const options = { inventory, acceptNewHostKeys, signal, mayReadKeys: true };
    const entries = await withCluster(options, async ({ api, adminKubeconfig }) => {
      const admin = await adminKubeconfig();
      return ownEntries(admin, inventory.spec.name, await apiMembers(api, admin, inventory.spec));
    });
    const text = kubeconfigOf(entries);
    const { readableByOthers } = await import('../files/kubeconfig/write.js');
    // Before the workers: whatever happens there, what was asked for here is there.
    const written = args.out === '-' ? undefined : await (args.merge ? merge : write)(entries, args, context);
    const workers = args.onWorkers
      ? inventory.spec.hosts.filter((host) => !isControlPlane(host)).map(({ name }) => name)
      : [];
    if (workers.length > 0) {
      if (written !== undefined) emit({ type: 'progress', text: `written: ${written.files.join(', ')}` });
      const { withReport } = await import('../report.js');
      await withReport({ timing: false }, context, () =>
        placeOnHosts({
          inventory,
          acceptNewHostKeys,
          hosts: workers,
          phase: 'kubeconfig',
          path: HOST_KUBECONFIG,
          content: text,
          replace: args.yes,
          lock: { waitSeconds: 0, force: false },
          emit,
          signal,
        }),
      );
    }
    if (written === undefined) await ui.result({ kubeconfig: text, workers }, text.trimEnd());
    else {
      const { files, copies, use } = written;
      const open = await readableByOthers(files);
      const lines = [
        ...files.map((file) => `Written: ${file}`),
        ...copies.map((file) => `What was there: ${file}`),
        ...open.map(
          (file) =>
            `Others on this machine can read ${file}, and the administrator's key is in it: chmod go= ${quote(file)}`,
        ),
        ...(files.length === 0 ? [`Nothing to change: the cluster is in ${written.file} already.`] : []),
        ...(workers.length === 0 ? [] : [`Written: ${HOST_KUBECONFIG} on ${hostList(workers)}`]),
        `Next: ${use}`,
      ];
      await ui.result({ file: written.file, files, copies, workers }, lines.join('\n'));
    }
    return 0;
  },
});

interface Written {
  /** The file that has the cluster now. */
  readonly file: string;
  /** What was written. */
  readonly files: readonly string[];
  readonly copies: readonly string[];
  /** The command that uses it. */
  readonly use: string;
}

type Wish = Parameters<typeof confirm>[1] & { readonly out?: string | undefined; readonly use: boolean };

/** Into a file of its own. */
async function write(entries: OwnEntries, args: Wish, context: CommandContext): Promise<Written> {
  const [{ readTarget, writeSecretFile }, { kubeconfigOf }] = await Promise.all([
    import('../files/secret.js'),
    import('../files/kubeconfig/own.js'),
  ]);
  const file = resolve(args.out ?? 'kubeconfig');
  const text = kubeconfigOf(entries);
  const before = await readTarget(file);
  if (before !== undefined && before !== text) await confirm(`${file} exists and differs. Replace it?`, args, context);
  await writeSecretFile(file, text);
  return { file, files: [file], copies: [], use: `kubectl --kubeconfig ${quote(file)} get nodes` };
}

/** Into the files that kubectl reads here. */
async function merge(entries: OwnEntries, args: Wish, { io }: CommandContext): Promise<Written> {
  const [{ isStream, readIfThere }, { mergeIntoFiles }, { rewriteKubeconfig }] = await Promise.all([
    import('../files/secret.js'),
    import('../files/kubeconfig/merge.js'),
    import('../files/kubeconfig/write.js'),
  ]);
  const names = kubectlFiles(io.env);
  for (const file of names)
    if (await isStream(file))
      throw new KinitError(`${file} is no file that a cluster can be put into`, {
        class: 'usage',
        tried: 'read the files that KUBECONFIG names',
        hint: 'Let KUBECONFIG name a file, or use --out FILE for a file of its own.',
      });
  const files = await Promise.all(names.map(async (file) => ({ file, text: await readIfThere(file) })));
  const { changed, current, home } = mergeIntoFiles(files, entries, args.use);
  const copies: string[] = [];
  for (const { file, before, text } of changed) {
    const copy = await rewriteKubeconfig(file, before, text);
    if (copy !== undefined) copies.push(copy);
  }
  return {
    file: home,
    files: changed.map(({ file }) => file),
    copies,
    use: entries.contexts.some(({ name }) => name === current)
      ? 'kubectl get nodes'
      : `kubectl --context ${quote(entries.current)} get nodes`,
  };
}

/** Those of KUBECONFIG, in its order, else ~/.kube/config. */
function kubectlFiles(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return [...new Set((named.length === 0 ? [join(homedir(), '.kube', 'config')] : named).map((path) => resolve(path)))];
}
