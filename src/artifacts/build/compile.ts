import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { quote, quoteAll } from '../../shell/quote.js';
import { runLocal } from '../../ssh/local.js';
import { buildC, cCommand } from './compile-c.js';
import type { Component, ComponentSource, GoProgram } from './components.js';
import { goEnvironment, moduleSettings, type Go } from './go.js';
import type { BuiltComponent } from '../store/manifest.js';
import { componentsFolder } from '../store/paths.js';
import { sha256Hex } from '../../model/text/digest.js';
import { keep, withTemporaryFolder } from '../store/store.js';

export interface CompileOptions {
  readonly component: Component;
  readonly source: ComponentSource;
  readonly arch: Arch;
  readonly go: Go;
  /** C compiler and library paths for another architecture. */
  readonly crossEnvironment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A cold build of the largest component takes 7 minutes on 2 cores; slow machines and module downloads come on top. */
const BUILD_TIMEOUT_SECONDS = 3600;

/** Builds one component into the store. Throws 'artifact' with the log's tail and the command to repeat. */
export async function compile(options: CompileOptions): Promise<BuiltComponent['programs']> {
  const { component } = options;
  return withTemporaryFolder(async (folder) => {
    const built: BuiltComponent['programs'] = [];
    for (const program of component.programs) {
      const output = join(folder, program.name);
      if ('c' in program) await buildC(options, program, output);
      else await build(options, program, output);
      built.push({ name: program.name, ...(await keep(output, 0o755)) });
    }
    return built;
  });
}

/** Digest of everything that decides what a component's build gives. */
export function componentInputs(component: Component, source: ComponentSource, arch: Arch, goVersion: string): string {
  const cgo = component.cgo.includes(arch);
  const { GOAMD64, GOARM64 } = goEnvironment(arch, cgo);
  const commands = component.programs.map((program) =>
    'c' in program ? cCommand(program) : buildArguments(component, source, program, program.name),
  );
  return sha256Hex(JSON.stringify({ text: source.text, commands, arch, cgo, GOAMD64, GOARM64, goVersion }));
}

async function build(
  { component, source, arch, go, crossEnvironment, signal }: CompileOptions,
  program: GoProgram,
  output: string,
): Promise<void> {
  const cwd = join(componentsFolder(), component.name);
  const args = buildArguments(component, source, program, output);
  const env = { ...goEnvironment(arch, component.cgo.includes(arch)), ...crossEnvironment };
  await mkdir(env['GOTMPDIR'] ?? '', { recursive: true });
  const repeat = buildArguments(component, source, program, '/dev/null');
  const tried = `cd ${quote(cwd)} && env ${quoteAll(Object.entries(env).map(([name, value]) => `${name}=${value}`))} ${quoteAll([go.command, ...repeat])}`;
  const failed = (found: string, cause?: unknown): KinitError =>
    new KinitError(`building ${program.name} ${source.version} for ${arch} failed`, {
      class: 'artifact',
      tried,
      found,
      hint: buildHint(found),
      cause,
    });
  try {
    const result = await runLocal(go.command, args, {
      cwd,
      // Not told: a module proxy's address may hold a password.
      env: { ...(await moduleSettings(go)), ...env },
      signal,
      timeoutSeconds: BUILD_TIMEOUT_SECONDS,
      reject: false,
    });
    if (result.code !== 0) throw failed(logTail(result.stderr + result.stdout));
  } catch (error) {
    if (error instanceof KinitError && error.context.class === 'timeout') throw failed(error.message, error);
    throw error;
  }
}

function buildArguments(component: Component, source: ComponentSource, program: GoProgram, output: string): string[] {
  const ldflags = ['-s', '-w', ...component.ldflags(source.version)].join(' ');
  return [
    'build',
    '-mod=readonly',
    ...(source.modFile === undefined ? [] : [`-modfile=${source.modFile}`]),
    '-trimpath',
    '-buildvcs=false',
    '-tags',
    component.tags.join(' '),
    '-ldflags',
    ldflags,
    '-o',
    output,
    program.package,
  ];
}

/** The last lines of a build's log without the list of downloads. */
export function logTail(log: string): string {
  return log
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('go: downloading '))
    .slice(-20)
    .join('\n');
}

function buildHint(log: string): string {
  if (/no space left on device/.test(log))
    return 'Free disk space (kinit artifacts prune empties the build caches) and run again.';
  if (/dial tcp|TLS handshake|i\/o timeout|no such host|connection refused|connection reset/.test(log))
    return 'The Go module proxy could not be reached. Check the network, or set GOPROXY to one that answers, and run again: finished components are kept.';
  if (/SECURITY ERROR|checksum mismatch/.test(log))
    return 'A module is not what go.sum says. Do not go on with it: check GOPROXY and the module cache.';
  return 'Run the command again by hand to see the whole log. Finished components are kept.';
}
