import type { Arch, ArtifactSet } from '../model/artifact.js';
import type { Emit } from '../model/event.js';
import { KinitError } from '../model/error.js';
import type { Spec } from '../model/spec.js';
import { buildArtifacts } from './build/build.js';
import { bundledArtifacts } from './bundle/bundled.js';
import { mirrored, type Origins } from './mirror.js';
import { findChecksum } from './official/checksums.js';
import { fetchText } from './official/download.js';
import { readLockFile, writeLockFile } from './official/lock-file.js';
import { officialArtifacts } from './official/official.js';
import type { RegistryEndpoint } from './official/registry.js';
import { KUBERNETES_MODULE, readComponent, versionsOf } from './build/components.js';
import type { Supply } from './supply.js';

export interface ResolveOptions {
  /** Of every kind there is. */
  readonly supply: Required<Supply>;
  readonly source: Spec['artifacts']['source'];
  /** Of source 'bundle', which has nothing else; absolute. */
  readonly bundleFile?: string | undefined;
  /** Names of programs that hosts will be given. Default: all. */
  readonly wantedPrograms?: ((program: string) => boolean) | undefined;
  readonly origins: Origins;
  /** Names of images that hosts will be given. Default: all. */
  readonly wanted?: ((image: string) => boolean) | undefined;
  /** Places of the user's own that have what a registry has. */
  readonly endpoints?: ((registry: string) => readonly RegistryEndpoint[]) | undefined;
  readonly kubernetesVersion: string;
  readonly arch: Arch;
  /** Folder of the inventory: the lock file lies there. */
  readonly inventoryDir: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** What keeps the hosts from pulling official images, for a sentence; asked only where `auto` is decided. */
  readonly hindrance?: () => Promise<string | undefined>;
  /** Whether the official origins answer, where that was asked before. */
  readonly answered?: Promise<boolean> | undefined;
  /** What `auto` was presumed to be when a plan was made that is carried out now. */
  readonly presumed?: Source | undefined;
}

/** What `auto` may be decided to be. */
export type Source = 'official' | 'source';

const ANSWER_SECONDS = 3;

/**
 * Everything the hosts of one architecture need, from the source the inventory says, complete and checked. `auto` is
 * decided once (official where its origins answer within 3 s and hosts reach the registries, else source) and kept in the lock file. Throws 'artifact'.
 */
export async function resolveArtifacts(options: ResolveOptions): Promise<ArtifactSet> {
  if (options.source === 'bundle') return bundledArtifacts(options);
  const { source, why } = await sourceOf(options);
  if (why !== undefined) {
    options.emit({ type: 'progress', text: `artifacts: ${source} (${why})` });
    const { inventoryDir } = options;
    await writeLockFile(inventoryDir, { ...(await readLockFile(inventoryDir)), source });
  }
  if (source === 'official') return officialArtifacts(options);
  await assertBuildable(options);
  const missing: string[] = [];
  const set = await buildArtifacts({
    supply: options.supply,
    arch: options.arch,
    kubernetesVersion: options.kubernetesVersion,
    signal: options.signal,
    emit: (event) => {
      if (event.type === 'warning') missing.push(event.text);
      options.emit(event);
    },
  });
  if (missing.length > 0) {
    throw new KinitError(`not everything that ${options.arch} hosts need could be built here`, {
      class: 'artifact',
      found: missing.join('\n'),
      hint: `Build on a machine of that architecture, or set artifacts.source: official.`,
    });
  }
  return set;
}

/** The source, and why `auto` would be it where that is not decided yet. Writes nothing. */
export async function sourceOf(options: ResolveOptions): Promise<{ readonly source: Source; readonly why?: string }> {
  if (options.source === 'official' || options.source === 'source') return { source: options.source };
  const lock = await readLockFile(options.inventoryDir);
  const { unofficial } = options.supply;
  if (unofficial !== '') return { source: 'source', ...(lock.source === 'source' ? {} : { why: unofficial }) };
  if (lock.source !== undefined) return { source: lock.source };
  if (options.presumed !== undefined) return { source: options.presumed, why: 'as it was planned' };
  if (!(await (options.answered ?? officialAnswers(options))))
    return { source: 'source', why: `the official origins did not answer within ${String(ANSWER_SECONDS)} s` };
  // Programs are fetched here, images by the hosts.
  const hindrance = await options.hindrance?.();
  return hindrance === undefined
    ? { source: 'official', why: 'the official origins answer' }
    : { source: 'source', why: hindrance };
}

/** Throws 'artifact' where components/ has not this version, or not for all that is made of Kubernetes. */
export async function assertBuildable({
  kubernetesVersion,
  supply,
}: Pick<ResolveOptions, 'kubernetesVersion' | 'supply'>): Promise<void> {
  for (const component of supply.components.filter(({ module }) => module === KUBERNETES_MODULE)) {
    const { version } = await readComponent(component, kubernetesVersion);
    if (version === kubernetesVersion) continue;
    const versions = await versionsOf(component);
    throw new KinitError(`Kubernetes ${kubernetesVersion} cannot be built from source`, {
      class: 'artifact',
      found: `components/${component.name} is Kubernetes ${versions.join(' or ')}`,
      hint: `Set kubernetesVersion: ${versions[0] ?? ''}, or artifacts.source: official.`,
    });
  }
}

/** Whether `auto` has to ask before it is decided. */
export async function isUndecided({
  source,
  supply,
  inventoryDir,
}: Pick<ResolveOptions, 'source' | 'supply' | 'inventoryDir'>): Promise<boolean> {
  return source === 'auto' && supply.unofficial === '' && (await readLockFile(inventoryDir)).source === undefined;
}

/**
 * Asks every origin for a checksum file and reads it: a network's login page answers too, but not with that. Throws 'interrupted'.
 * @param arch of whichever hosts: the origins are the same
 */
export async function officialAnswers({
  supply,
  origins,
  kubernetesVersion,
  arch,
  signal,
}: Pick<ResolveOptions, 'supply' | 'origins' | 'kubernetesVersion' | 'arch' | 'signal'>): Promise<boolean> {
  const catalogue = supply.files(kubernetesVersion, arch);
  const oneOfEach = [...new Map(catalogue.map((file) => [new URL(file.url).host, file])).values()];
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_SECONDS * 1000)]);
  const answers = await Promise.all(
    oneOfEach.map(async (file) => {
      try {
        const text = await fetchText(mirrored(file.checksumUrl, origins), { signal: within, attempts: 1 });
        return findChecksum(text, file.url.slice(file.url.lastIndexOf('/') + 1)) !== undefined;
      } catch {
        return false;
      }
    }),
  );
  if (signal.aborted) throw new KinitError('kinit was interrupted', { class: 'interrupted' });
  return answers.every(Boolean);
}
