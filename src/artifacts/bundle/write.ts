import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArtifactSet } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { tarBytes, type TarEntry } from '../images/tar.js';
import { storedFile } from '../store/paths.js';
import { readManifest, storedFiles } from '../store/manifest.js';
import { digestFile, type Stored } from '../store/store.js';
import { compressFor } from './compression.js';
import { HEAD, type BundleContent, type BundleHead } from './head.js';

export interface BundleOptions {
  /** Where it is written; what is there is replaced when the new one is whole. */
  readonly file: string;
  /** What hosts get, one of each architecture; built here, and in the store. */
  readonly sets: readonly ArtifactSet[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Writes what hosts get into one file: a tar file, compressed as its name says (compression.ts), whose first member (head.ts) says what is in it. Gives its digest and size. */
export async function writeBundle({ file, sets, emit, signal }: BundleOptions): Promise<Stored> {
  const contents = await Promise.all(sets.map(contentOf));
  const files = new Map(contents.flatMap(storedFiles).map((each) => [each.sha256, each]));
  const programs = new Set(contents.flatMap(programsOf).map(({ sha256 }) => sha256));
  const head: BundleHead = { schema: 1, contents };
  const entries: TarEntry[] = [
    { path: HEAD, type: 'file', mode: 0o644, content: Buffer.from(`${JSON.stringify(head, null, 2)}\n`) },
    ...[...files.values()].map(({ sha256, size }): TarEntry => {
      const content = { localFile: storedFile(sha256), size };
      return { path: `sha256/${sha256}`, type: 'file', mode: programs.has(sha256) ? 0o755 : 0o644, content };
    }),
  ];
  const total = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  const part = `${file}.part`;
  try {
    await pipeline(
      Readable.from(tarBytes(entries)),
      told(total, emit),
      compressFor(file),
      createWriteStream(part, { mode: 0o644 }),
      { signal },
    );
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    if (signal.aborted) throw new KinitError('the bundle was not written', { class: 'interrupted', cause: error });
    throw new KinitError(`${file} could not be written`, {
      class: 'artifact',
      found: error instanceof Error ? error.message : String(error),
      hint: 'Choose a folder that exists, may be written, and has room for some hundred megabytes.',
      cause: error,
    });
  }
  return digestFile(file);
}

function programsOf({ components }: BundleContent): Stored[] {
  return Object.values(components).flatMap(({ programs }) => programs);
}

/** Of what was built, only what this set has. */
async function contentOf(set: ArtifactSet): Promise<BundleContent> {
  const { arch, kubernetesVersion } = set;
  const manifest = set.source === 'source' ? await readManifest(kubernetesVersion, arch) : undefined;
  if (manifest === undefined)
    throw new KinitError('a bundle is made of what was built here', {
      class: 'artifact',
      found: `artifacts.source is ${set.source}`,
      hint: 'Set artifacts.source: source in the inventory that the bundle is made for.',
    });
  const programs = new Set(set.binaries.map(({ name }) => name));
  const images = new Set(set.images.map(({ name }) => name));
  return {
    arch,
    kubernetesVersion,
    components: having(manifest.components, (each) => each.programs, programs),
    archives: having(manifest.archives, (each) => each.images, images),
  };
}

/** Those that have one of the names in what they list. */
function having<T>(
  all: Readonly<Record<string, T>>,
  lists: (one: T) => readonly { readonly name: string }[],
  names: ReadonlySet<string>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([, one]) => lists(one).some(({ name }) => names.has(name))));
}

const TELL_EVERY_MS = 5000;

function told(total: number, emit: Emit): Transform {
  const hundredth = Math.max(1, total / 100);
  let done = 0;
  let last = Date.now();
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      done += chunk.length;
      if (Date.now() - last > TELL_EVERY_MS) {
        last = Date.now();
        emit({ type: 'progress', text: `compressing: ${String(Math.min(99, Math.floor(done / hundredth)))} %` });
      }
      pass(null, chunk);
    },
  });
}
