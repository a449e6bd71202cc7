import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { lastLines } from '../../model/text/last-lines.js';
import { runLocal } from '../../ssh/local.js';
import { buildFolder } from '../store/paths.js';
import { archives, ownAptConfiguration, SUITE } from './apt-sources.js';

/**
 * Unpacks packages and what they depend on into a tar file, not configured, so that another architecture needs no
 * emulation. They come from where this machine's own apt gets them, and apt checks Debian's signatures. Throws 'artifact'.
 */
export async function unpackPackages(options: {
  readonly packages: readonly string[];
  readonly arch: Arch;
  /** The tar file to write. */
  readonly file: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { packages, arch, file, signal } = options;
  const { sources, settings } = await ownAptConfiguration();
  await mkdir(join(buildFolder(), 'tmp'), { recursive: true });
  const scratch = await mkdtemp(join(buildFolder(), 'tmp', 'debian-'));
  try {
    // A proxy may hold a password: it travels in a file, not in the command line.
    await writeFile(join(scratch, 'apt.conf'), `${settings.join('\n')}\n`, { mode: 0o600 });
    await writeFile(join(scratch, 'debian.sources'), sources);
    const args = [
      '--variant=extract',
      '--format=tar',
      `--architectures=${arch}`,
      `--include=${packages.join(',')}`,
      `--aptopt=${join(scratch, 'apt.conf')}`,
      SUITE,
      file,
      join(scratch, 'debian.sources'),
    ];
    const result = await runLocal('mmdebstrap', args, {
      timeoutSeconds: 900,
      reject: false,
      signal,
      env: { TMPDIR: scratch, SOURCE_DATE_EPOCH: '0' },
    });
    if (result.code === 0) return;
    throw new KinitError(`the Debian packages ${packages.join(', ')} could not be unpacked`, {
      class: 'artifact',
      tried: `mmdebstrap --variant=extract --architectures=${arch} --include=${packages.join(',')} ${SUITE}, from ${archives(sources)}`,
      found: lastLines(result.stderr, 12),
      hint: "Check that this machine's apt works (apt-get update), and that Debian's keys are there (package debian-archive-keyring).",
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
