import { z } from 'zod';
import { ARCHES } from '../../model/artifact.js';
import { archiveSchema, componentSchema } from '../store/manifest.js';
import { ownManifestFile } from '../store/paths.js';
import { readJson, writeJson } from '../store/store.js';

const ownSchema = z.object({
  schema: z.literal(1),
  arch: z.enum(ARCHES),
  /** What the programs were built with. */
  goVersion: z.string(),
  components: z.record(z.string(), componentSchema),
  archives: z.record(z.string(), archiveSchema),
});

/** What was made of kinit's own programs for hosts of one architecture. They go with every Kubernetes version. */
export type OwnManifest = z.output<typeof ownSchema>;

/** undefined where there is none, or one of another kinit version's layout. */
export async function readOwnManifest(file: string): Promise<OwnManifest | undefined> {
  const result = ownSchema.safeParse(await readJson(file).catch(() => undefined));
  return result.success ? result.data : undefined;
}

export async function writeOwnManifest(manifest: OwnManifest): Promise<void> {
  await writeJson(ownManifestFile(manifest.arch), manifest);
}

/** Those of the store. */
export async function allOwnManifests(): Promise<OwnManifest[]> {
  const found = await Promise.all(ARCHES.map((arch) => readOwnManifest(ownManifestFile(arch))));
  return found.filter((manifest) => manifest !== undefined);
}
