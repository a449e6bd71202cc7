import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress } from 'node:zlib';
import { requireGo } from '../build/go.js';
import { packedFolder, storedFile } from '../store/paths.js';
import { writeJson } from '../store/store.js';
import { ownSupply } from '../supply.js';
import { makeOwn, type OwnOptions } from './own.js';
import { packedFile, packedManifestFile } from './packed.js';
import { planOwn } from './plan.js';

/**
 * Puts kinit's own programs beside the code, built for hosts of one architecture and compressed, with the digests of what
 * is in them and of the images that are made from them: a package carries this, and needs neither Go nor a network for
 * them. Throws 'artifact' where there is no Go.
 */
export async function packOwn(options: OwnOptions): Promise<void> {
  const { supply, arch } = options;
  const own = ownSupply(supply);
  const plan = await planOwn(own, arch);
  if (plan.by === 'nothing') requireGo(undefined, plan.neededGo);
  else {
    const made = await makeOwn(own, plan, options);
    await mkdir(packedFolder(), { recursive: true });
    for (const { programs } of Object.values(made.components))
      for (const { name, sha256, size } of programs) await compress(storedFile(sha256), packedFile(name, arch), size);
    await writeJson(packedManifestFile(arch), made);
  }
}

/** Takes it away again: what a checkout has is always built from what lies in it. */
export async function removePacked(): Promise<void> {
  await rm(packedFolder(), { recursive: true, force: true });
}

/** Brotli, because every Node that runs kinit has it and nothing that every Node has is smaller. */
async function compress(from: string, to: string, size: number): Promise<void> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: size,
  };
  await pipeline(createReadStream(from), createBrotliCompress({ params }), createWriteStream(to));
}
