import { ARCHES, type Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { defineCommand } from '../arguments/command.js';

/** Builds from source what a cluster needs. */
export const build = defineCommand({
  usage: 'build',
  describe: 'Build everything a cluster needs from checksummed Go modules; what is built already is kept',
  examples: [
    ['artifacts build', 'for machines like this one'],
    ['artifacts build --kubernetes-version 1.35.4', 'of an earlier version: to make a cluster that is upgraded later'],
    ['artifacts build --arch arm64', 'cross-build what can be'],
    ['artifacts build --refresh', "with today's security updates in the images"],
  ],
  exitCodes: ['artifact', 'locked'],
  options: (yargs) =>
    yargs
      .option('arch', {
        choices: ARCHES,
        requiresArg: true,
        describe: 'Architecture of the hosts',
        default: ownArch(),
        defaultDescription: "this machine's",
      })
      .option('runtime', {
        type: 'string',
        requiresArg: true,
        describe:
          'Container runtime of the hosts, as the inventory names it; default: that of an inventory that names none',
      })
      .option('control-plane', {
        type: 'string',
        requiresArg: true,
        describe: 'How the control plane runs, as the inventory names it; default: likewise',
      })
      .option('kubernetes-version', {
        type: 'string',
        requiresArg: true,
        describe: 'An earlier version that this kinit builds too; default: the newest it builds',
      })
      .option('force', { type: 'boolean', default: false, describe: 'Build all again' })
      .option('refresh', {
        type: 'boolean',
        default: false,
        describe: 'Build again what has distribution packages in it: image layers, C libraries',
      }),
  run: async (args, { emit, signal, ui }) => {
    const [{ assertBuildable, buildArtifacts }, { supplyOf }, { RUNTIMES }, { FORMS }] = await Promise.all([
      import('../../artifacts/index.js'),
      import('../../engine/supply.js'),
      import('../../runtime/index.js'),
      import('../../control-plane/index.js'),
    ]);
    const supply = supplyOf(
      chosen('runtime', RUNTIMES, args.runtime),
      chosen('control-plane', FORMS, args.controlPlane),
    );
    const again = args.force ? 'all' : args.refresh ? 'packages' : 'nothing';
    const { kubernetesVersion } = args;
    if (kubernetesVersion !== undefined) await assertBuildable({ kubernetesVersion, supply });
    const set = await buildArtifacts({ supply, arch: args.arch, kubernetesVersion, emit, signal, again, verify: true });
    await ui.result(
      {
        arch: set.arch,
        kubernetesVersion: set.kubernetesVersion,
        binaries: set.binaries.length,
        images: set.images.length,
      },
      'kinit artifacts list shows them.',
    );
    return 0;
  },
});

/** Of a registry that is loaded when the command runs, not when yargs reads its options. @throws KinitError usage */
function chosen<T extends { readonly id: string }>(option: string, known: readonly [T, ...T[]], id?: string): T {
  const found = id === undefined ? known[0] : known.find((each) => each.id === id);
  if (found !== undefined) return found;
  throw new KinitError(`--${option} knows no '${id ?? ''}'`, {
    class: 'usage',
    hint: `One of: ${known.map((each) => each.id).join(', ')}.`,
  });
}

/** This machine's architecture, as the option's default. */
export function ownArch(): Arch {
  return process.arch === 'arm64' ? 'arm64' : 'amd64';
}
