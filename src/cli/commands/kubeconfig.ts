import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { KinitError } from '../../model/error.js';
import { quote } from '../../shell/quote.js';
import { defineCommand } from '../arguments/command.js';
import { confirm } from '../terminal/confirm.js';
import { loadedInventory } from '../files/inventory.js';
import { withConnectOptions } from '../arguments/options.js';
import { HOST_KUBECONFIG } from '../host-kubeconfig/path.js';

/** Fetches the administrator's credentials. */
export const kubeconfig = defineCommand({
  usage: 'kubeconfig',
  describe: "Fetch the administrator's kubeconfig into a file (mode 600), merge it, or put it on the workers",
  examples: [
    ['kubeconfig', 'writes ./kubeconfig'],
    ['kubeconfig --merge', 'adds the cluster to ~/.kube/config (or the first file of KUBECONFIG) and makes it current'],
    ['kubeconfig --out - | base64', 'to standard output'],
    ['kubeconfig --on-workers', `also to ${HOST_KUBECONFIG} on every worker`],
  ],
  printsValue: true,
  options: (yargs) =>
    withConnectOptions(yargs)
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'File to write ("-": standard output) [default: "kubeconfig"]',
      })
      .option('merge', { type: 'boolean', default: false, describe: 'Merge into the kubeconfig you use' })
      .option('on-workers', {
        type: 'boolean',
        default: false,
        describe: `Also write ${HOST_KUBECONFIG} on every worker`,
      }),
  run: async (args, context) => {
    if (args.merge && args.out !== undefined)
      throw new KinitError('--merge and --out exclude each other', {
        class: 'usage',
        hint: 'KUBECONFIG names the file that --merge writes to.',
      });
    const inventory = await loadedInventory(args, context);
    const [
      { withCluster },
      { mergeKubeconfigs, nameKubeconfig },
      { readIfThere, writeSecretFile },
      { isControlPlane },
    ] = await Promise.all([
      import('../../engine/index.js'),
      import('../files/kubeconfig-merge.js'),
      import('../files/secret.js'),
      import('../../model/spec.js'),
    ]);
    const { signal, io, ui } = context;
    const { text, workers } = await withCluster(
      { inventory, acceptNewHostKeys: args.acceptNewHostKeys, signal },
      async (cluster) => {
        const named = nameKubeconfig(cluster.adminKubeconfig, inventory.spec.name);
        const hosts = args.onWorkers
          ? inventory.spec.hosts.filter((host) => !isControlPlane(host)).map(({ name }) => name)
          : [];
        const { putKubeconfig } = await import('../host-kubeconfig/index.js');
        for (const host of hosts) await putKubeconfig(await cluster.connect(host), named, args.yes);
        return { text: named, workers: hosts };
      },
    );
    if (args.out === '-') {
      await ui.result({ kubeconfig: text, workers }, text.trimEnd());
      return 0;
    }
    const file = args.merge ? mergeTarget(io.env) : resolve(args.out ?? 'kubeconfig');
    const before = await readIfThere(file);
    if (before !== undefined && before !== text && !args.merge)
      await confirm(`${file} exists and differs. Replace it?`, args, context);
    await writeSecretFile(file, args.merge && before !== undefined ? mergeKubeconfigs(before, text, file) : text);
    const use = args.merge ? 'kubectl get nodes' : `kubectl --kubeconfig ${quote(file)} get nodes`;
    await ui.result(
      { file, workers },
      [`Written: ${file}`, ...workers.map((host) => `Written: ${HOST_KUBECONFIG} on ${host}`), `Next: ${use}`].join(
        '\n',
      ),
    );
    return 0;
  },
});

function mergeTarget(env: Readonly<Record<string, string | undefined>>): string {
  const first = (env['KUBECONFIG'] ?? '').split(':').find((path) => path !== '');
  return resolve(first ?? join(homedir(), '.kube', 'config'));
}
