import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { lastLines } from '../../model/text/last-lines.js';
import { runLocal } from '../../ssh/local.js';
import { archives, ownAptConfiguration, sourcesOfSuite } from './apt-sources.js';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** The .deb. */
  readonly file: string;
}

/**
 * Downloads what a meta-package stands for in another Debian release than this machine's. apt checks it against Debian's
 * keys; lists, cache and settings are folders of our own, so the machine's apt does not change. Throws 'artifact'.
 */
export async function fetchByMetaPackage(
  metaPackage: string,
  suite: string,
  folder: string,
  signal: AbortSignal,
): Promise<DebianPackage> {
  const { sources, settings } = await ownAptConfiguration();
  const text = sourcesOfSuite(sources, suite);
  const apt = await aptIn(join(folder, 'apt'), text, settings, signal);
  const failed = (what: string, found: string): KinitError =>
    new KinitError(`the Debian package behind ${metaPackage} could not be fetched`, {
      class: 'artifact',
      tried: `${what} for ${suite}, from ${archives(text)}`,
      found: lastLines(found, 8),
      hint: 'Check that this machine reaches its Debian archive (apt-get update), and that package debian-archive-keyring is there and current.',
    });
  const update = await apt('apt-get', ['update', '--error-on=any']);
  if (update.code !== 0) throw failed('apt-get update', update.stderr);
  const meta = await apt('apt-cache', ['show', '--no-all-versions', metaPackage]);
  const name = /^Depends: ([a-z0-9.+-]+)/m.exec(meta.stdout)?.[1];
  if (name === undefined) throw failed(`apt-cache show ${metaPackage}`, meta.stderr || meta.stdout);
  const version = /^Version: (\S+)/m.exec((await apt('apt-cache', ['show', '--no-all-versions', name])).stdout)?.[1];
  const download = await apt('apt-get', ['download', name]);
  const file = (await readdir(folder)).find((entry) => entry.startsWith(`${name}_`) && entry.endsWith('.deb'));
  if (download.code !== 0 || file === undefined || version === undefined)
    throw failed(`apt-get download ${name}`, download.stderr);
  return { name, version, file: join(folder, file) };
}

type Apt = (program: string, args: readonly string[]) => Promise<{ code: number; stdout: string; stderr: string }>;

/** apt with nothing of this machine's but how archives are reached. Downloads lie beside the folder. */
async function aptIn(folder: string, sources: string, settings: readonly string[], signal: AbortSignal): Promise<Apt> {
  for (const each of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(folder, each), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'debian.sources'), sources);
  await writeFile(join(folder, 'status'), '');
  const nothing = ['Etc::Main', 'Etc::Parts', 'Etc::SourceParts', 'Etc::Preferences', 'Etc::PreferencesParts'];
  const own = [
    ...nothing.map((name) => `Dir::${name} "/dev/null";`),
    `Dir::Etc::SourceList "${folder}/debian.sources";`,
    `Dir::State::Lists "${folder}/lists";`,
    `Dir::State::Status "${folder}/status";`,
    `Dir::Cache "${folder}/cache";`,
    'Acquire::Languages "none";',
    // The folder is ours alone.
    'APT::Sandbox::User "root";',
  ];
  // A proxy may hold a password: it travels in a file, not in the command line.
  await writeFile(join(folder, 'apt.conf'), [...settings, ...own, ''].join('\n'), { mode: 0o600 });
  return (program, args) =>
    runLocal(program, args, {
      cwd: join(folder, '..'),
      env: { APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' },
      timeoutSeconds: 900,
      reject: false,
      signal,
    });
}
