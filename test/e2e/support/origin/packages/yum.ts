import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dirname, join, relative } from 'node:path';
import { findLab, sshCommand } from '../../../../../src/lab/index.js';
import { runLocal } from '../../../../../src/ssh/local.js';
import { CELL_HOST } from '../../cell.js';
import type { Content } from '../files.js';
import type { Deb } from './apt.js';
import type { SigningKey } from './signing-key.js';

/** A package of the Red Hat family that a test makes. */
export interface Rpm extends Pick<Deb, 'name' | 'files'> {
  readonly epoch?: number;
  readonly version: string;
  /** Without that of the distribution. */
  readonly release: string;
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  /** Services it brings: not started by it, as is the family's way. */
  readonly units?: readonly string[];
}

const MAKE = fileURLToPath(new URL('./rpm.sh', import.meta.url));

/**
 * A repository as the family's own tools lay it out, made on a lab host that has them: Packages/ and repodata/.
 * @param folder for what is made
 * @returns its files, by path below the repository
 */
export async function yumRepository(
  folder: string,
  { lab, rpms, key }: { lab: string; rpms: readonly Rpm[]; key: SigningKey },
): Promise<ReadonlyMap<string, Content>> {
  const [input, output] = [join(folder, 'in'), join(folder, 'out')];
  await mkdir(input, { recursive: true });
  await mkdir(output);
  for (const rpm of rpms) await lay(join(input, `${rpm.name}-${rpm.version}`), rpm);
  await writeFile(join(input, 'key.asc'), await key.secret(), { mode: 0o600 });
  const script = await readFile(MAKE, 'utf8');
  const ssh = sshCommand(await findLab(lab), CELL_HOST, ['sh', '-c', script, 'sh', key.name]);
  const through = 'in=$1; out=$2; shift 2; tar -c -C "$in" . | "$@" | tar -x -C "$out"';
  await runLocal('bash', ['-euo', 'pipefail', '-c', through, 'bash', input, output, ...ssh], { timeoutSeconds: 240 });
  await rm(input, { recursive: true });
  const entries = await readdir(output, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    await Promise.all(
      files.map(async (localFile) => {
        const { size } = await stat(localFile);
        return [relative(output, localFile), { localFile, size }] as const;
      }),
    ),
  );
}

async function lay(root: string, rpm: Rpm): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const [path, content] of Object.entries(rpm.files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    if ('text' in content) await writeFile(file, content.text);
    else await cp(content.localFile, file);
  }
  await writeFile(`${root}.spec`, specOf(rpm));
}

/** Scripts as the macros of systemd's rpm package have them. */
function specOf({ name, epoch, version, release, files, requires = [], provides = [], units = [] }: Rpm): string {
  const services = units.join(' ');
  const scripts = [
    `%post\n[ $1 -ne 1 ] || systemctl --no-reload preset ${services} > /dev/null 2>&1 || :`,
    `%preun\n[ $1 -ne 0 ] || systemctl --no-reload disable --now ${services} > /dev/null 2>&1 || :`,
    `%postun\nsystemctl daemon-reload > /dev/null 2>&1 || :`,
  ];
  const paths = Object.entries(files).map(([path, content]) => {
    const config = path.startsWith('/etc/') ? '%config(noreplace) ' : '';
    return `%attr(${'text' in content ? '0644' : '0755'}, root, root) ${config}${path}`;
  });
  return [
    `Name: ${name}`,
    ...(epoch === undefined ? [] : [`Epoch: ${String(epoch)}`]),
    `Version: ${version}`,
    `Release: ${release}%{?dist}`,
    'Summary: made for a test',
    'License: none',
    'AutoReqProv: no',
    ...requires.map((needed) => `Requires: ${needed}`),
    ...provides.map((provided) => `Provides: ${provided}`),
    '%description\nmade for a test',
    ...(units.length === 0 ? [] : scripts),
    '%files',
    ...paths,
    '',
  ].join('\n');
}
