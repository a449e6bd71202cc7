import { join } from 'node:path';
import { z } from 'zod';
import { storeFolder } from '../store/paths.js';
import { readJson, writeJson } from '../store/store.js';

const storedSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.number() });
const schema = z.object({
  schema: z.literal(1),
  /** Digest of what decides the result besides Debian's source: configuration and build steps. */
  inputs: z.string(),
  /** The kernel's own version, for example 7.2.12. */
  version: z.string(),
  /** Debian's package and its version. */
  origin: z.string(),
  linux: storedSchema,
  /** A tar file as it is unpacked over a root file system. */
  modules: storedSchema,
});

/** A kernel that runs as a program of this machine, as it stands in the store. */
export type KernelManifest = z.output<typeof schema>;

/** undefined where none was built, or one of another kinit version's layout (it is then built anew). */
export async function readKernelManifest(): Promise<KernelManifest | undefined> {
  const result = schema.safeParse(await readJson(file()).catch(() => undefined));
  return result.success ? result.data : undefined;
}

export async function writeKernelManifest(manifest: KernelManifest): Promise<void> {
  await writeJson(file(), manifest);
}

/** User-mode Linux runs on amd64 only. */
function file(): string {
  return join(storeFolder(), 'manifests', 'uml-kernel-amd64.json');
}
