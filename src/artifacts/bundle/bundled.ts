import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ArtifactSet } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { eachMember } from '../images/read-tar.js';
import { withStoreLock } from '../store/lock.js';
import { storedFiles, toArtifactSet } from '../store/manifest.js';
import { storeFolder } from '../store/paths.js';
import { isStored, keep, withTemporaryFolder, type Stored } from '../store/store.js';
import type { Supply } from '../supply.js';
import { bundledTar } from './compression.js';
import { bundleContent, damaged, type BundleContent } from './head.js';

export interface BundledOptions {
  /** Absolute; undefined where the inventory names none. */
  readonly bundleFile?: string | undefined;
  readonly supply: Required<Supply>;
  /** Names of programs and images that hosts will be given. Default: all. */
  readonly wantedPrograms?: ((program: string) => boolean) | undefined;
  readonly wanted?: ((image: string) => boolean) | undefined;
  readonly kubernetesVersion: string;
  readonly arch: ArtifactSet['arch'];
}

/** What a bundle has for hosts, by its own word: it is not unpacked. Throws 'artifact' where it cannot be read or lacks something. */
export async function bundledAsListed(options: BundledOptions): Promise<ArtifactSet> {
  return setOf(await contentFor(options), options);
}

/** The same, unpacked into the store and checked. Throws 'artifact' where something in it is not what it says. */
export async function bundledArtifacts(
  options: BundledOptions & { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<ArtifactSet> {
  const { emit, signal } = options;
  const content = await contentFor(options);
  const file = fileOf(options);
  if ((await missing(content)).length > 0)
    await withStoreLock(async () => unpack(file, await missing(content), emit, signal), {
      onWait: (holder) => emit({ type: 'progress', text: `waiting for another artifact build (${holder})` }),
      signal,
    });
  return setOf(content, options);
}

function fileOf({ bundleFile }: Pick<BundledOptions, 'bundleFile'>): string {
  if (bundleFile !== undefined) return bundleFile;
  throw new KinitError('no bundle is named', { class: 'inventory', hint: 'Set artifacts.bundleFile.' });
}

async function contentFor(options: BundledOptions): Promise<BundleContent> {
  const file = fileOf(options);
  const content = await bundleContent(file, options);
  const { supply, wanted, wantedPrograms } = options;
  const programs = supply.components
    .flatMap((each) => each.programs)
    .filter(({ name, install }) => install !== undefined && wantedPrograms?.(name) !== false);
  const images = supply.images.filter(({ name }) => wanted?.(name) !== false);
  const there = {
    programs: new Set(Object.values(content.components).flatMap((each) => each.programs.map(({ name }) => name))),
    images: new Set(Object.values(content.archives).flatMap((each) => each.images.map(({ name }) => name))),
  };
  const lacking = [
    ...programs.filter(({ name }) => !there.programs.has(name)),
    ...images.filter(({ name }) => !there.images.has(name)).map(({ name }) => ({ name: `the ${name} image` })),
  ].map(({ name }) => name);
  if (lacking.length === 0) return content;
  throw new KinitError('the bundle lacks something that this inventory needs', {
    class: 'artifact',
    tried: `read ${file}`,
    found: `it has no ${lacking.join(', ')}`,
    hint: 'It was made for another inventory. Where there is a network: kinit artifacts bundle -i THIS-INVENTORY FILE.',
  });
}

function setOf(content: BundleContent, { supply }: BundledOptions): ArtifactSet {
  return { ...toArtifactSet(content, supply.components), source: 'bundle' };
}

async function missing(content: BundleContent): Promise<Stored[]> {
  const files = storedFiles(content);
  const there = await Promise.all(files.map(isStored));
  return files.filter((_, i) => there[i] === false);
}

async function unpack(file: string, wanted: readonly Stored[], emit: Emit, signal: AbortSignal): Promise<void> {
  const open = new Map(wanted.map((each) => [`sha256/${each.sha256}`, each]));
  if (open.size === 0) return;
  emit({ type: 'progress', text: `unpacking ${String(open.size)} files of ${file}` });
  await withTemporaryFolder(async (folder) => {
    await eachMember(await bundledTar(file), async (member) => {
      signal.throwIfAborted();
      const { name, mode } = member.header;
      const one = open.get(name);
      if (one === undefined) return void member.resume();
      const temporary = join(folder, one.sha256);
      await pipeline(member, createWriteStream(temporary, { mode: 0o600 }), { signal });
      // Under the digest it has: what is not what the head says is never found under that.
      const { sha256 } = await keep(temporary, mode ?? 0o644);
      if (sha256 !== one.sha256) throw new Error(`${name} has sha256 ${sha256}`);
      open.delete(name);
    });
    if (open.size > 0) throw new Error(`${[...open.keys()].join(', ')} is not in it`);
  }).catch((error: unknown) => {
    if (signal.aborted) throw new KinitError('unpacking was interrupted', { class: 'interrupted', cause: error });
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
      throw new KinitError('there is no room to unpack the bundle', {
        class: 'artifact',
        tried: `unpack ${file}`,
        found: error.message,
        hint: `Make room where ${storeFolder()} is (kinit artifacts prune), then run the same command again.`,
        cause: error,
      });
    if (error instanceof KinitError) throw error;
    throw damaged(file, error instanceof Error ? error.message : String(error));
  });
}
