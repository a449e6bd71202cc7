import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { quoteAll } from '../../shell/quote.js';
import { runLocal } from '../../ssh/local.js';
import { componentsFolder } from '../store/paths.js';
import { bareVersion, type Component, type CProgram } from './components.js';
import { goEnvironment, moduleSettings, type Go } from './go.js';

interface CompileOptions {
  readonly component: Component;
  readonly arch: Arch;
  readonly go: Go;
  readonly signal: AbortSignal;
}

const COMPILER = ['gcc', '-std=gnu99', '-O2', '-static', '-s'];
const TIMEOUT_SECONDS = 600;

/** Builds one static C program from sources in the module cache. Throws 'artifact'. */
export async function buildC(options: CompileOptions, program: CProgram, output: string): Promise<void> {
  const { Dir: module, Version } = await downloaded(options, program);
  const folder = join(module, program.c.folder);
  const sources = (await readdir(folder)).filter((name) => name.endsWith('.c')).sort();
  const args = [
    ...COMPILER.slice(1),
    ...program.c.defines(bareVersion(Version)).map((define) => `-D${define}`),
    '-o',
    output,
    ...sources.map((name) => join(folder, name)),
    ...(await libraryFlags(options, program)),
  ];
  await run(options, program, [COMPILER[0] ?? '', ...args], {});
}

/** What decides the result, for the digest of a component's inputs. */
export function cCommand({ name, c }: CProgram): string[] {
  return [...COMPILER, name, c.module, c.folder, ...c.libraries, ...c.defines('VERSION')];
}

/** The module's folder and version; `go mod download` compares it with go.sum. */
async function downloaded(options: CompileOptions, program: CProgram): Promise<{ Dir: string; Version: string }> {
  const { arch, go } = options;
  const env = { ...(await moduleSettings(go)), ...goEnvironment(arch, false) };
  const text = await run(options, program, [go.command, 'mod', 'download', '-json', program.c.module], env);
  return JSON.parse(text) as { Dir: string; Version: string };
}

async function libraryFlags(options: CompileOptions, program: CProgram): Promise<string[]> {
  if (program.c.libraries.length === 0) return [];
  const words = ['pkg-config', '--static', '--cflags', '--libs', ...program.c.libraries];
  return (await run(options, program, words, {})).trim().split(/\s+/);
}

async function run(
  { component, arch, signal }: CompileOptions,
  { name }: CProgram,
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const cwd = join(componentsFolder(), component.name);
  const result = await runLocal(command, args, { cwd, env, signal, timeoutSeconds: TIMEOUT_SECONDS, reject: false });
  if (result.code === 0) return result.stdout;
  throw new KinitError(`building ${name} for ${arch} failed`, {
    class: 'artifact',
    tried: quoteAll([command, ...args]),
    found: result.stderr.split('\n').slice(-20).join('\n'),
    hint: 'Run the command by hand to see the whole log. Finished components are kept.',
  });
}
