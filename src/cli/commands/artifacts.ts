import { resolve } from 'node:path';
import { ARCHES } from '../../model/artifact.js';
import { defineCommand, defineGroup } from '../arguments/command.js';
import { CHANGES_HOSTS } from '../arguments/exit-codes.js';
import { build, ownArch } from '../artifacts/build.js';
import { hostNames, withCheckOptions, withWriteOptions } from '../arguments/options.js';
import { loadedInventory } from '../files/inventory.js';
import { bytes, count } from '../render/text.js';
import { table } from '../render/tables/table.js';

const kernel = defineCommand({
  usage: 'kernel',
  describe: 'Build the kernel of test hosts that have one of their own, from the sources of a distribution',
  examples: [
    ['artifacts kernel', 'now, not at the first `lab up --driver uml`: about 10 minutes of one processor'],
    ['artifacts kernel --force', "again, from today's source"],
  ],
  exitCodes: ['artifact', 'locked'],
  options: (yargs) => yargs.option('force', { type: 'boolean', default: false, describe: 'Build it again' }),
  run: async (args, { emit, signal, ui }) => {
    const { ensureKernel } = await import('../../artifacts/index.js');
    const built = await ensureKernel({ emit, signal, force: args.force });
    await ui.result(built, `Linux ${built.version} is in the store. kinit lab up --driver uml boots it.`);
    return 0;
  },
});

const list = defineCommand({
  usage: 'list',
  describe: 'List what is in the store; with --origin: every name that would be fetched from outside, and from where',
  examples: [
    ['artifacts list', 'as a table'],
    ['artifacts list -o json', 'with full digests and file names'],
    [
      'artifacts list --origin',
      'what the inventory would have fetched, from origins or mirrors: for a firewall, or a mirror',
    ],
  ],
  exitCodes: ['inventory', 'artifact'],
  options: (yargs) =>
    yargs
      .option('origin', {
        type: 'boolean',
        default: false,
        describe:
          'Files, images, repositories and kernels of the inventory with artifacts.source: official; nobody is asked',
      })
      .option('kubernetes-version', {
        type: 'string',
        requiresArg: true,
        describe: 'With --origin: of this version, not that of the inventory',
      })
      .option('arch', {
        choices: ARCHES,
        requiresArg: true,
        describe: 'With --origin: architecture of the hosts',
        default: ownArch(),
        defaultDescription: "this machine's",
      }),
  run: async (args, context) => {
    const { ui } = context;
    if (args.origin) {
      const { showOrigins } = await import('../artifacts/origins.js');
      return showOrigins(await loadedInventory(args, context), args, context);
    }
    const { listArtifacts } = await import('../../artifacts/index.js');
    const artifacts = await listArtifacts();
    const rows = artifacts.map(({ kind, name, arch, version, size, digest, origin, present }) => [
      kind,
      name,
      arch,
      version,
      present ? bytes(size) : 'MISSING',
      digest,
      origin,
    ]);
    await ui.result(
      artifacts,
      artifacts.length === 0
        ? 'The store is empty. kinit artifacts build fills it.'
        : table(['KIND', 'NAME', 'ARCH', 'VERSION', 'SIZE', 'DIGEST', 'ORIGIN'], rows),
    );
    return 0;
  },
});

const prune = defineCommand({
  usage: 'prune',
  describe: 'Empty the build caches and remove files of earlier builds and versions; what clusters need stays',
  examples: [
    ['artifacts prune', 'after a build: several GiB back'],
    ['artifacts prune --official', 'and what was downloaded: it is fetched again when a cluster needs it'],
  ],
  exitCodes: ['artifact', 'locked'],
  options: (yargs) =>
    yargs.option('official', {
      type: 'boolean',
      default: false,
      describe: 'Remove what was downloaded from official origins too',
    }),
  run: async (args, { emit, signal, ui }) => {
    const { pruneArtifacts } = await import('../../artifacts/index.js');
    const pruned = await pruneArtifacts({
      signal,
      official: args.official,
      onWait: (holder) => emit({ type: 'progress', text: `waiting for another artifact build (${holder})` }),
    });
    await ui.result(
      pruned,
      `${bytes(pruned.cacheBytes)} of build caches and ${bytes(pruned.storeBytes)} of old files removed.`,
    );
    return 0;
  },
});

const pull = defineCommand({
  usage: 'pull [host..]',
  describe:
    'Bring the images of the inventory onto hosts ahead of time: pulled by them, or sent where they are built here',
  examples: [
    [
      'artifacts pull',
      'before kinit init: pods then start without waiting for a registry (kinit upgrade brings all by itself)',
    ],
    ['artifacts pull node4 --prepare', 'a bare machine: packages, programs and the container runtime first'],
  ],
  exitCodes: [...CHANGES_HOSTS, 'preflight', 'artifact', 'refused'],
  options: (yargs) =>
    withWriteOptions(withCheckOptions(yargs)).positional('host', hostNames).option('prepare', {
      type: 'boolean',
      default: false,
      describe: 'Packages, programs and the container runtime too, for hosts that have none',
    }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const { runEngine } = await import('../run-engine.js');
    const only = args.prepare ? ['packages', 'binaries', 'runtime', 'images'] : ['images'];
    const { changes, failedHosts } = await runEngine('init', inventory, args.host, { ...args, only }, context);
    await context.ui.result(
      { changes, failedHosts },
      changes === 0 ? 'Every image is there already.' : `Done: ${count(changes, 'change')}.`,
    );
    return 0;
  },
});

const bundle = defineCommand({
  usage: 'bundle [file]',
  describe:
    'Write all that hosts of the inventory get into one file, for an operator without a network (artifacts.source: bundle)',
  examples: [
    ['artifacts bundle', 'into artifacts.bundleFile of the inventory'],
    [
      'artifacts bundle kinit-1.36.3.tar.xz',
      'by xz: a third smaller, in minutes of all processors instead of half of one',
    ],
    ['artifacts bundle kinit-1.36.3.tar.br --arch amd64 --arch arm64', 'for hosts of two architectures'],
  ],
  exitCodes: ['inventory', 'access', 'artifact', 'locked'],
  options: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        describe:
          'File to write, by brotli, or by xz where it is called .xz; default: artifacts.bundleFile, else kinit-VERSION.tar.br here',
      })
      .option('arch', {
        choices: ARCHES,
        array: true,
        requiresArg: true,
        describe: 'Architectures of the hosts',
        default: [ownArch()],
        defaultDescription: "this machine's",
      }),
  run: async (args, context) => {
    const { emit, signal, ui } = context;
    const inventory = await loadedInventory(args, context, [{ option: '<file>', file: args.file, kind: 'other' }]);
    const [{ requireCompression, writeBundle }, { builtArtifacts }, { refuseUnfit }, { confirmNoBundle }] =
      await Promise.all([
        import('../../artifacts/index.js'),
        import('../../engine/run/artifact-sets.js'),
        import('../files/outputs.js'),
        import('../files/replaced.js'),
      ]);
    const { artifacts, kubernetesVersion } = inventory.spec;
    const file = resolve(args.file ?? artifacts.bundleFile ?? `kinit-${kubernetesVersion}.tar.br`);
    // One that was typed has been looked at with the inventory.
    if (args.file === undefined)
      await refuseUnfit([{ option: 'artifacts.bundleFile', file, kind: 'other' }], inventory.file);
    await confirmNoBundle(file, args, context);
    await requireCompression(file);
    const sets = [];
    for (const arch of new Set(args.arch)) sets.push(await builtArtifacts(inventory, arch, { emit, signal }));
    const { sha256, size } = await writeBundle({ file, sets, emit, signal });
    await ui.result(
      { file, sha256, size },
      `${file}: ${bytes(size)}, sha256 ${sha256}.\nOn the other machine: artifacts: {source: bundle, bundleFile: FILE} in the inventory.`,
    );
    return 0;
  },
});

/** Binaries and images for the hosts, on this machine. */
export const artifacts = defineGroup(
  'artifacts',
  'Build, bundle, list, prune and preload what the hosts get',
  [build, bundle, kernel, list, prune, pull],
  [
    ['artifacts build', `for machines like this one; ${count(ARCHES.length, 'architecture')} can be chosen`],
    ['artifacts prune', 'several GiB back after a build'],
  ],
);
