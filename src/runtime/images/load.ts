import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ImageArtifact } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { CommandResult } from '../../model/host.js';
import type { Tools } from '../../model/resource.js';
import { inSteps, megabytes } from '../../model/text/in-steps.js';
import { lastLines } from '../../model/text/last-lines.js';
import { sh, shellScript } from '../../shell/script.js';
import { keptPart } from '../../ssh/index.js';
import type { ContainerRuntime } from '../container-runtime.js';

type Archive = NonNullable<ImageArtifact['archive']>;

const GIVE_FILES = shellScript('./give-files.sh', import.meta.url);
const REMOVE_FILES = shellScript('./remove-files.sh', import.meta.url);

/** Seconds to stream and unpack all archives. */
const TIMEOUT = 1800;

/** The archives these images are in, each once. */
export function archivesOf(wanted: readonly ImageArtifact[]): readonly Archive[] {
  const archives = new Map(
    wanted.flatMap(({ archive }) => (archive === undefined ? [] : [[archive.sha256, archive] as const])),
  );
  return [...archives.values()];
}

/** Brings all archives to the runtime, one after the other. */
export async function loadArchives(
  runtime: ContainerRuntime,
  archives: readonly Archive[],
  tools: Tools,
): Promise<void> {
  const { before, load } = runtime.images;
  const parcels = await Promise.all(
    archives.map(async (archive): Promise<Parcel> => {
      const head = (await before?.(archive)) ?? new Uint8Array();
      return { head, archive, size: head.length + archive.size };
    }),
  );
  const script = sh(load, { args: parcels.map(({ size }) => String(size)) });
  const result = await (tools.host.isFar() ? fromFiles(script, parcels, tools) : streamed(script, parcels, tools));
  if (result.code === 0) return;
  throw new KinitError('images could not be imported', {
    class: 'change',
    host: tools.host.host,
    tried: `${runtime.images.loadCommand} (${String(archives.length)} archives, ${megabytes(totalOf(parcels))} MB)`,
    found: lastLines(result.stderr, 10) || `exit code ${String(result.code)}`,
    hint: `Check free space below ${runtime.dataFolder} and \`systemctl status ${runtime.units.join(' ')}\` on the host, then run again.`,
  });
}

/** Over one channel, read as they come: nothing of them is written twice. */
function streamed(script: string, parcels: readonly Parcel[], tools: Tools): Promise<CommandResult> {
  // A run before this one may have begun to bring them as files.
  const brought = parcels.map(({ archive }) => keptPart(archive).at);
  return tools.host.pipe(
    `${script} && ${sh(REMOVE_FILES, { args: brought })}`,
    Readable.from(bytesOf(parcels, tools)),
    {
      timeoutSeconds: TIMEOUT,
      change: 'import images',
    },
  );
}

/** As files that are there first: what came of them before a cut need not come again, which is worth a second writing on a long way. */
async function fromFiles(script: string, parcels: readonly Parcel[], tools: Tools): Promise<CommandResult> {
  const total = totalOf(parcels);
  const paths = await tools.host.bring(
    parcels.map(({ archive }) => archive),
    {
      onProgress: toldOf(total, tools),
      signal: tools.signal,
    },
  );
  const heads = parcels.flatMap(({ head }, i) =>
    head.length === 0 ? [] : [{ path: `${paths[i] ?? ''}.head`, content: { bytes: head }, mode: 0o600 }],
  );
  await tools.host.upload(heads);
  const given = sh(GIVE_FILES, { args: paths });
  return tools.host.run(`${given} | ${script} && ${sh(REMOVE_FILES, { args: paths })}`, {
    timeoutSeconds: TIMEOUT,
    change: 'import images',
  });
}

/** An archive on its way, and what goes in front of it. */
interface Parcel {
  readonly head: Uint8Array;
  readonly archive: Archive;
  /** Of both, in bytes. */
  readonly size: number;
}

async function* bytesOf(parcels: readonly Parcel[], tools: Tools): AsyncGenerator<Uint8Array> {
  const total = totalOf(parcels);
  const tell = toldOf(total, tools);
  let sent = 0;
  for (const { head, archive } of parcels) {
    sent += head.length;
    if (head.length > 0) yield head;
    for await (const chunk of createReadStream(archive.localFile, { highWaterMark: 1 << 20 })) {
      if (tools.signal.aborted)
        throw new KinitError('stopped while images were sent', {
          class: 'interrupted',
          host: tools.host.host,
          hint: 'What was sent of them is thrown away. Run the same command again to go on.',
        });
      const bytes = chunk as Uint8Array;
      yield bytes;
      sent += bytes.length;
      tell(sent);
    }
  }
}

function toldOf(total: number, tools: Tools): (bytes: number) => void {
  return inSteps(total, (bytes) => tools.progress(`images: ${megabytes(bytes)} of ${megabytes(total)} MB`));
}

function totalOf(parcels: readonly Parcel[]): number {
  return parcels.reduce((sum, { size }) => sum + size, 0);
}
