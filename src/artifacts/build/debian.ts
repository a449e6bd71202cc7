import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { runLocal } from '../../ssh/local.js';
import { logTail } from './compile.js';
import { buildFolder } from '../store/paths.js';
import { readTar } from '../images/read-tar.js';
import type { TarEntry } from '../images/tar.js';

/** The Debian release that image layers come from. */
export const DEBIAN_RELEASE = 'bookworm';

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
  const args = [
    '--variant=extract',
    '--format=tar',
    `--architectures=${arch}`,
    `--include=${packages.join(',')}`,
    DEBIAN_RELEASE,
    file,
  ];
  const scratch = join(buildFolder(), 'tmp');
  await mkdir(scratch, { recursive: true });
  const result = await runLocal('mmdebstrap', args, {
    timeoutSeconds: 900,
    reject: false,
    signal,
    env: { TMPDIR: scratch, SOURCE_DATE_EPOCH: '0' },
  });
  if (result.code !== 0) {
    throw new KinitError(`the Debian packages ${packages.join(', ')} could not be unpacked`, {
      class: 'artifact',
      tried: `mmdebstrap ${args.slice(0, -1).join(' ')} /tmp/layer.tar`,
      found: logTail(result.stderr),
      hint: "Check that a Debian mirror can be reached, and that Debian's keys are there (package debian-archive-keyring).",
    });
  }
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
