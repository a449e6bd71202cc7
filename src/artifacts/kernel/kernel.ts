import { mkdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Emit } from '../../model/event.js';
import { KinitError } from '../../model/error.js';
import { lastLines } from '../../model/text/last-lines.js';
import { sha256Hex } from '../../model/text/digest.js';
import { shellScript, type ShellScript } from '../../shell/script.js';
import { runLocal } from '../../ssh/local.js';
import { ensureTools } from '../build/tools.js';
import { fetchByMetaPackage } from '../debian/newest-package.js';
import { startProgress } from '../progress.js';
import { withStoreLock } from '../store/lock.js';
import { allStored } from '../store/manifest.js';
import { ownArch, storedFile } from '../store/paths.js';
import { keep, withTemporaryFolder } from '../store/store.js';
import { readKernelManifest, writeKernelManifest, type KernelManifest } from './manifest.js';
import { KERNEL_TOOLS } from './tools.js';

const CONFIGURATION = fileURLToPath(new URL('./uml.config', import.meta.url));
const unpackScript = shellScript('./unpack.sh', import.meta.url);
const compileScript = shellScript('./compile.sh', import.meta.url);

/** Debian's newest kernel source is in its testing release; older ones lack seccomp mode and SMP (7.0 has both). */
const META_PACKAGE = 'linux-source';
const SUITE = 'forky';

/** Measured: 20 s; a busy disk takes long for a hundred thousand files. */
const UNPACK_SECONDS = 1800;
/** Measured: 10 minutes of one processor; slow machines come on top. */
const COMPILE_SECONDS = 3600;

/** A kernel that runs as an ordinary program (user-mode Linux), with its modules. */
export interface Kernel {
  readonly version: string;
  /** Path of the program. */
  readonly linux: string;
  /** Path of a tar file with its modules, as it is unpacked over a root file system. */
  readonly modules: string;
}

export interface KernelOptions {
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Build it again, from Debian's newest source of today. */
  readonly force?: boolean;
}

/**
 * The kernel of test hosts that have one of their own: built from Debian's kernel source where the store has none of this
 * configuration, which takes about 10 minutes of one processor. Throws 'artifact', 'locked' and 'interrupted'.
 */
export async function ensureKernel(options: KernelOptions): Promise<Kernel> {
  if (ownArch() !== 'amd64')
    throw new KinitError('A kernel that runs as a program can only be built for x86-64', {
      class: 'artifact',
      found: `this machine is ${ownArch()}`,
    });
  const stored = options.force === true ? undefined : await storedKernel();
  if (stored !== undefined) return stored;
  return withStoreLock(
    // The build we may have waited for has perhaps made it.
    async () => (options.force === true ? undefined : await storedKernel()) ?? toKernel(await build(options)),
    {
      onWait: (holder) => options.emit({ type: 'progress', text: `waiting for another artifact build (${holder})` }),
      signal: options.signal,
    },
  );
}

/** The kernel, where the store has it already. */
async function storedKernel(): Promise<Kernel | undefined> {
  const manifest = await readKernelManifest();
  if (manifest === undefined || manifest.inputs !== inputs()) return undefined;
  return (await allStored([manifest.linux, manifest.modules])) ? toKernel(manifest) : undefined;
}

function toKernel({ version, linux, modules }: KernelManifest): Kernel {
  return { version, linux: storedFile(linux.sha256), modules: storedFile(modules.sha256) };
}

function inputs(): string {
  return sha256Hex(
    [readFileSync(CONFIGURATION, 'utf8'), unpackScript.text, compileScript.text, META_PACKAGE, SUITE].join('\0'),
  );
}

async function build({ emit, signal }: KernelOptions): Promise<KernelManifest> {
  await ensureTools(KERNEL_TOOLS, { emit, signal });
  const progress = startProgress(emit, 2);
  return withTemporaryFolder(async (folder) => {
    const source = join(folder, 'source');
    const { version, origin } = await progress.step("Debian's kernel source, fetched and configured", async () => {
      const debian = await fetchByMetaPackage(META_PACKAGE, SUITE, folder, signal);
      const said = await run(unpackScript, [debian.file, source, CONFIGURATION], UNPACK_SECONDS, signal);
      const version = said.trim().split('\n').at(-1) ?? '';
      return { version, origin: `Debian ${SUITE} ${debian.name} ${debian.version}` };
    });
    const results = join(folder, 'results');
    await mkdir(results);
    await progress.step(`kernel ${version} and its modules (about 10 minutes of one processor)`, () =>
      run(compileScript, [source, results, String(availableParallelism())], COMPILE_SECONDS, signal),
    );
    const manifest: KernelManifest = {
      schema: 1,
      inputs: inputs(),
      version,
      origin,
      linux: await keep(join(results, 'linux'), 0o755),
      modules: await keep(join(results, 'modules.tar'), 0o644),
    };
    await writeKernelManifest(manifest);
    return manifest;
  });
}

async function run(
  script: ShellScript,
  args: readonly string[],
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<string> {
  const words = ['-c', script.text, 'sh', ...args];
  const { code, stdout, stderr } = await runLocal('sh', words, { timeoutSeconds, signal, reject: false });
  if (code === 0) return stdout;
  throw new KinitError('the kernel of test hosts could not be built', {
    class: 'artifact',
    tried: `${script.name} ${args.join(' ')}`,
    found: lastLines(stderr, 10),
    hint: 'Look for the first error above; run the same command again to start over.',
  });
}
