import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestFile } from '../../../../../src/artifacts/store/store.js';
import { sha256Hex } from '../../../../../src/model/text/digest.js';
import { runLocal } from '../../../../../src/ssh/local.js';
import type { Content } from '../files.js';
import type { SigningKey } from './signing-key.js';

/** A package of Debian that a test makes. */
export interface Deb {
  readonly name: string;
  readonly version: string;
  /** What is in it: a text, or a program of this machine, by path. */
  readonly files: Readonly<Record<string, { readonly text: string } | { readonly localFile: string }>>;
  readonly control?: Readonly<Record<string, string>>;
  /** Scripts of the package, by name. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Where things lie in a repository, and what its release says of that. */
interface Layout {
  /** Of lists; with a slash at its end where it is not the top. */
  readonly top: string;
  readonly index: string;
  readonly pool: string;
  readonly says: readonly string[];
}

/**
 * A signed repository as Docker and others lay theirs out: dists/SUITE/COMPONENT and pool/; without a suite as that of Kubernetes, everything beside its
 * lists.
 * @param folder for what is made
 * @returns its files, by path below the repository
 */
export async function aptRepository(
  folder: string,
  { suite, component = '', debs, key }: { suite?: string; component?: string; debs: readonly Deb[]; key: SigningKey },
): Promise<ReadonlyMap<string, Content>> {
  const files = new Map<string, Content>();
  const entries: string[] = [];
  const { top, index, pool, says } = suite === undefined ? FLAT : layoutOf(suite, component);
  for (const deb of debs) {
    const localFile = await built(join(folder, `${deb.name}_${deb.version}`), deb);
    const { size, sha256 } = await digestFile(localFile);
    const place = `${pool}/${deb.name}_${deb.version}_amd64.deb`;
    files.set(place, { localFile, size });
    entries.push(`${controlOf(deb)}Filename: ${place}\nSize: ${String(size)}\nSHA256: ${sha256}\n`);
  }
  const packages = entries.join('\n');
  files.set(`${top}${index}`, { text: packages });
  const release = [
    'Origin: Test',
    ...says,
    'Architectures: amd64',
    `Date: ${new Date().toUTCString()}`,
    'SHA256:',
    ` ${sha256Hex(packages)} ${String(Buffer.byteLength(packages))} ${index}`,
    '',
  ].join('\n');
  files.set(`${top}InRelease`, { text: await key.clearsign(release) });
  return files;
}

const FLAT: Layout = { top: '', index: 'Packages', pool: 'amd64', says: [] };

function layoutOf(suite: string, component: string): Layout {
  return {
    top: `dists/${suite}/`,
    index: `${component}/binary-amd64/Packages`,
    pool: `dists/${suite}/pool/${component}/amd64`,
    says: [`Suite: ${suite}`, `Codename: ${suite}`, `Components: ${component}`],
  };
}

function controlOf({ name, version, control = {} }: Deb): string {
  const fields = {
    Package: name,
    Version: version,
    Architecture: 'amd64',
    Maintainer: 'nobody <nobody@example.com>',
    ...control,
    Description: 'made for a test',
  };
  return Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('');
}

async function built(root: string, deb: Deb): Promise<string> {
  const place = async (
    path: string,
    content: { readonly text: string } | { readonly localFile: string },
  ): Promise<void> => {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    if ('text' in content) await writeFile(file, content.text, { mode: 0o644 });
    else {
      await copyFile(content.localFile, file);
      await runLocal('chmod', ['0755', file], { timeoutSeconds: 10 });
    }
  };
  for (const [path, content] of Object.entries(deb.files)) await place(path, content);
  await place('DEBIAN/control', { text: controlOf(deb) });
  const configuration = Object.keys(deb.files).filter((path) => path.startsWith('/etc/'));
  if (configuration.length > 0) await place('DEBIAN/conffiles', { text: `${configuration.join('\n')}\n` });
  for (const [name, text] of Object.entries(deb.scripts ?? {})) {
    await writeFile(join(root, 'DEBIAN', name), text, { mode: 0o755 });
  }
  await runLocal('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, `${root}.deb`], { timeoutSeconds: 120 });
  await stat(`${root}.deb`);
  return `${root}.deb`;
}
