import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ImageArtifact } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { Tools } from '../../model/resource.js';
import { lastLines } from '../../model/text/last-lines.js';
import { sh } from '../../shell/script.js';
import type { ContainerRuntime } from '../container-runtime.js';

type Archive = NonNullable<ImageArtifact['archive']>;

/** Seconds to stream and unpack all archives. */
const TIMEOUT = 1800;

/** The archives these images are in, each once. */
export function archivesOf(wanted: readonly ImageArtifact[]): readonly Archive[] {
  const archives = new Map(
    wanted.flatMap(({ archive }) => (archive === undefined ? [] : [[archive.sha256, archive] as const])),
  );
  return [...archives.values()];
}

/** Sends all archives over one channel, one after the other. */
export async function loadArchives(
  runtime: ContainerRuntime,
  archives: readonly Archive[],
  tools: Tools,
): Promise<void> {
  const { before, load } = runtime.images;
  const parcels = await Promise.all(
    archives.map(async (archive): Promise<Parcel> => {
      const head = (await before?.(archive)) ?? new Uint8Array();
      return { head, localFile: archive.localFile, size: head.length + archive.size };
    }),
  );
  const total = parcels.reduce((sum, { size }) => sum + size, 0);
  const script = sh(load, { args: parcels.map(({ size }) => String(size)) });
  const result = await tools.host.pipe(script, Readable.from(bytesOf(parcels, total, tools)), {
    timeoutSeconds: TIMEOUT,
    change: 'import images',
  });
  if (result.code === 0) return;
  throw new KinitError('images could not be imported', {
    class: 'change',
    host: tools.host.host,
    tried: `${runtime.images.loadCommand} (${String(archives.length)} archives, ${megabytes(total)} MB)`,
    found: lastLines(result.stderr, 10) || `exit code ${String(result.code)}`,
    hint: `Check free space below ${runtime.dataFolder} and \`systemctl status ${runtime.units.join(' ')}\` on the host, then run again.`,
  });
}

/** An archive on its way, and what goes in front of it. */
interface Parcel {
  readonly head: Uint8Array;
  readonly localFile: string;
  /** Of both, in bytes. */
  readonly size: number;
}

async function* bytesOf(parcels: readonly Parcel[], total: number, tools: Tools): AsyncGenerator<Uint8Array> {
  let sent = 0;
  let told = 0;
  for (const { head, localFile } of parcels) {
    sent += head.length;
    if (head.length > 0) yield head;
    for await (const chunk of createReadStream(localFile, { highWaterMark: 1 << 20 })) {
      if (tools.signal.aborted)
        throw new KinitError('stopped while images were sent', {
          class: 'interrupted',
          host: tools.host.host,
          hint: 'What was sent of them is thrown away. Run the same command again to go on.',
        });
      const bytes = chunk as Uint8Array;
      yield bytes;
      sent += bytes.length;
      if (sent - told >= total / 20 || sent === total) {
        told = sent;
        tools.progress(`images: ${megabytes(sent)} of ${megabytes(total)} MB`);
      }
    }
  }
}

function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1_000_000));
}
