import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { ARCHES, type Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { firstMember } from '../images/read-tar.js';
import { archiveSchema, componentSchema, type Manifest } from '../store/manifest.js';
import { bundledTar } from './compression.js';

/** Name of the first member of a bundle, which says what the others are. Those are `sha256/DIGEST`. */
export const HEAD = 'bundle.json';

/** What a build made for the hosts of one architecture; the layout of a bundle's head. */
const contentSchema = z.object({
  arch: z.enum(ARCHES),
  kubernetesVersion: z.string(),
  components: z.record(z.string(), componentSchema),
  archives: z.record(z.string(), archiveSchema),
});
const headSchema = z.object({ schema: z.literal(1), contents: z.array(contentSchema).min(1) });

export type BundleContent = Pick<Manifest, 'arch' | 'kubernetesVersion' | 'components' | 'archives'>;
export type BundleHead = z.output<typeof headSchema>;

/** What a bundle has for one architecture. Reads its beginning alone. Throws 'artifact'. */
export async function bundleContent(
  file: string,
  wanted: { arch: Arch; kubernetesVersion: string },
): Promise<BundleContent> {
  const { arch, kubernetesVersion } = wanted;
  const { contents } = await readHead(file);
  const content = contents.find((each) => each.arch === arch && each.kubernetesVersion === kubernetesVersion);
  if (content !== undefined) return content;
  throw new KinitError(`the bundle has nothing for Kubernetes ${kubernetesVersion} on ${arch} hosts`, {
    class: 'artifact',
    tried: `read ${file}`,
    found: contents.map((each) => `Kubernetes ${each.kubernetesVersion} for ${each.arch}`).join(', '),
    hint: `Where there is a network: kinit artifacts bundle -i INVENTORY --arch ${arch} FILE. Or set the kubernetesVersion of the bundle.`,
  });
}

/** Whether a file begins as a bundle does. */
export function isBundle(file: string): Promise<boolean> {
  return readHead(file).then(
    () => true,
    () => false,
  );
}

async function readHead(file: string): Promise<BundleHead> {
  await assertThere(file);
  const found = await read(file).catch((error: unknown) => {
    if (error instanceof KinitError) throw error;
    throw damaged(file, error instanceof Error ? error.message : String(error));
  });
  const head = headSchema.safeParse(found);
  if (head.success) return head.data;
  throw damaged(file, 'it does not begin as a bundle of this version of kinit does');
}

async function assertThere(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined))?.isFile() === true) return;
  throw new KinitError('there is no bundle of programs and images', {
    class: 'artifact',
    tried: `read ${file}`,
    hint: 'Where there is a network: kinit artifacts bundle -i INVENTORY. Bring the file here; artifacts.bundleFile says where it lies.',
  });
}

async function read(file: string): Promise<unknown> {
  const first = await firstMember(await bundledTar(file));
  return first?.name === HEAD ? JSON.parse(first.content.toString('utf8')) : undefined;
}

export function damaged(file: string, found: string): KinitError {
  return new KinitError('the bundle of programs and images cannot be read', {
    class: 'artifact',
    tried: `read ${file}`,
    found,
    hint: 'Copy it again, and compare its sha256 with what `kinit artifacts bundle` said; or make it again.',
  });
}
