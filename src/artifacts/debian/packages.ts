import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Arch } from '../../model/artifact.js';
import { readTar } from '../images/read-tar.js';
import type { TarEntry } from '../images/tar.js';
import { unpackPackages } from './mmdebstrap.js';

export interface DebianFiles {
  readonly entries: readonly TarEntry[];
  /** Debian version by package, where its changelog names it. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Nothing here is needed to run the programs; most of it differs between two days. */
const LEFT_OUT =
  /^(dev|proc|sys|tmp|var\/(cache|log|lib\/(apt|dpkg))|etc\/(apt|dpkg|fstab|default|init\.d|logrotate\.d|cron\.daily|ufw)|usr\/(include|share\/(doc|man|info|locale|lintian|bug|zsh|bash-completion|vim|perl5|debconf|pixmaps))|usr\/s?bin\/(openssl|c_rehash|debconf.*|dpkg-.*|update-ca-certificates|.*-apply)|usr\/lib\/[^/]+\/gconv)(\/|$)/;

/**
 * The files of Debian packages and what they depend on, unpacked and not configured, so that another architecture needs
 * no emulation. apt checks Debian's signatures. Takes some seconds.
 */
export async function debianFiles(
  packages: readonly string[],
  arch: Arch,
  folder: string,
  signal: AbortSignal,
): Promise<DebianFiles> {
  const file = join(folder, `debian-${packages.join('-').slice(0, 60)}.tar`);
  await unpackPackages({ packages, arch, file, signal });
  const all = await readTar([createReadStream(file)]);
  return {
    entries: all.filter((entry) => entry.path !== '' && !LEFT_OUT.test(entry.path)),
    versions: packageVersions(all),
  };
}

/** dpkg's status is not written for unpacked packages; the head of each changelog says the version. */
function packageVersions(entries: readonly TarEntry[]): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const { path, content } of entries) {
    const name = /^usr\/share\/doc\/([^/]+)\/changelog(?:\.Debian)?\.gz$/.exec(path)?.[1];
    if (name === undefined || !(content instanceof Uint8Array)) continue;
    const version = /^\S+ \(([^)]+)\)/.exec(gunzipSync(content).subarray(0, 200).toString())?.[1];
    if (version !== undefined) versions[name] = version;
  }
  return versions;
}
