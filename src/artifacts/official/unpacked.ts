import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { storeFolder } from '../store/paths.js';
import { readJson, writeJson } from '../store/store.js';
import { sha256Hex } from '../../model/text/digest.js';

/** What an official file is and, of a tar file, the programs that were in it. */
const unpackedSchema = z.object({
  url: z.string(),
  version: z.string().optional(),
  file: z.object({ sha256: z.string(), size: z.number() }),
  programs: z.record(z.string(), z.object({ sha256: z.string(), size: z.number() })),
});
export type Unpacked = z.output<typeof unpackedSchema>;

/** undefined where this file, with exactly this digest, was not fetched yet. */
export async function readUnpacked(sha256: string): Promise<Unpacked | undefined> {
  const result = unpackedSchema.safeParse(await readJson(recordFile(sha256)).catch(() => undefined));
  return result.success ? result.data : undefined;
}

export async function writeUnpacked(unpacked: Unpacked): Promise<void> {
  await writeJson(recordFile(unpacked.file.sha256), unpacked);
}

/** All that was fetched from official origins. */
export async function allUnpacked(): Promise<Unpacked[]> {
  const names = await readdir(join(storeFolder(), 'official')).catch(() => []);
  const records = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readUnpacked(name.slice(0, -5))),
  );
  return records.filter((record) => record !== undefined).sort((one, other) => one.url.localeCompare(other.url));
}

/** Where a download that is not whole yet lies, so that the next run goes on with it. */
export function partialFile(url: string, sha256: string): string {
  return join(storeFolder(), 'partial', sha256Hex(`${url} ${sha256}`));
}

function recordFile(sha256: string): string {
  return join(storeFolder(), 'official', `${sha256}.json`);
}
