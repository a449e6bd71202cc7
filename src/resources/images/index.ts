import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ImageArtifact } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { quote } from '../../shell/quote.js';
import type { Resource, ResourceKind, Tools } from '../../model/resource.js';
import { HOST_PATH, subshell } from '../../shell/statements.js';

export interface ImagesResource extends Resource {
  readonly kind: 'images';
  readonly images: readonly ImageArtifact[];
}

export interface ImageSeen {
  readonly digest: string;
  readonly pinned: boolean;
}

/** What containerd has in the namespace of the CRI, by full reference. */
export type ImagesSeen = ReadonlyMap<string, ImageSeen>;

/** Container images in containerd's k8s.io namespace: streamed from this machine, or pulled by the host where there is no archive. */
export function images(options: { readonly images: readonly ImageArtifact[] }): ImagesResource {
  return { kind: 'images', id: 'images', images: options.images };
}

const SOCKET = '/run/containerd/containerd.sock';
const CTR = `ctr -a ${SOCKET} -n k8s.io`;
/** Seconds to pull one image; registries behind a slow line need minutes. */
const PULL_TIMEOUT = 600;
/** Seconds to stream and unpack all archives. */
const IMPORT_TIMEOUT = 1800;

export const imagesKind: ResourceKind<ImagesResource, ImagesSeen> = {
  kind: 'images',
  describe: {
    change: "Loads container images into containerd's `k8s.io` namespace",
    undone: 'They go with `/var/lib/containerd`; where that was in use before, those that kinit loaded are removed',
  },
  // Columns: REF TYPE DIGEST SIZE UNIT PLATFORMS LABELS
  observe: () =>
    subshell(
      HOST_PATH,
      `if [ -S ${SOCKET} ]; then timeout 30 ${CTR} images ls | awk 'NR > 1 { print $1, $3, ($0 ~ /io\\.cri-containerd\\.pinned=pinned/ ? "pinned" : "-") }'; fi`,
    ),
  parse: (_r, output) => {
    const seen = new Map<string, ImageSeen>();
    for (const line of output.split('\n')) {
      const [ref, digest, pinned] = line.split(' ');
      if (ref !== undefined && ref !== '' && digest !== undefined)
        seen.set(ref, { digest, pinned: pinned === 'pinned' });
    }
    return seen;
  },
  diff: (r, seen) => {
    const wrong = r.images.filter((image) => missingRefs(image, seen).length > 0 || isUnpinned(image, seen));
    if (wrong.length === 0) return { changed: false, reason: `${String(r.images.length)} images are there` };
    const names = wrong.map(({ name }) => name);
    return {
      changed: true,
      change: {
        action: 'run',
        summary: `load images ${names.join(', ')}`,
        reason:
          wrong.length === r.images.length && seen.size === 0
            ? 'none is there'
            : wrong.map((image) => reasonOf(image, seen)).join('; '),
      },
    };
  },
  apply: (r, seen) => {
    const wrong = r.images.filter((image) => missingRefs(image, seen).length > 0 || isUnpinned(image, seen));
    const toLoad = wrong.filter((image) => missingRefs(image, seen).length > 0);
    const pulled = toLoad.filter(({ archive }) => archive === undefined);
    return [
      ...(archivesOf(toLoad).length > 0
        ? [
            {
              do: 'call' as const,
              title: 'stream image archives',
              run: (tools: Tools) => importArchives(archivesOf(toLoad), tools),
            },
          ]
        : []),
      ...(pulled.length > 0
        ? [{ do: 'call' as const, title: 'pull images', run: (tools: Tools) => pullImages(pulled, tools) }]
        : []),
      { do: 'script', script: nameAndPin(wrong), timeoutSeconds: 120 },
    ];
  },
  // Elsewhere they go with /var/lib/containerd, which is faster.
  undo: () => ({
    save: `if [ -n "$(find ${CONTENT} -type f 2> /dev/null | head -n 1)" ]; then ${HOST_PATH}; timeout 30 ${CTR} images ls -q > "$D/images" || exit 1; fi`,
    restore: [
      HOST_PATH,
      `[ -e "$D/images" ] && [ -S ${SOCKET} ] || exit 0`,
      `timeout 60 ${CTR} images ls -q | grep -vxF -f "$D/images" | while IFS= read -r REF; do timeout 60 ${CTR} images rm -- "$REF" > /dev/null || echo "the image $REF could not be removed"; done`,
    ].join('\n'),
  }),
};

/** Of a containerd that was in use before kinit came. */
const CONTENT = '/var/lib/containerd/io.containerd.content.v1.content/blobs';

function missingRefs(image: ImageArtifact, seen: ImagesSeen): readonly string[] {
  return image.refs.filter((ref) => {
    const there = seen.get(ref);
    return (
      there === undefined ||
      (image.archive !== undefined && image.digest !== undefined && there.digest !== image.digest)
    );
  });
}

function isUnpinned(image: ImageArtifact, seen: ImagesSeen): boolean {
  return image.pinned === true && image.refs.some((ref) => seen.get(ref)?.pinned === false);
}

function reasonOf(image: ImageArtifact, seen: ImagesSeen): string {
  const missing = missingRefs(image, seen);
  if (missing.length === 0) return `${image.name} is not pinned`;
  return missing.some((ref) => seen.has(ref)) ? `${image.name} has another digest` : `${image.name} is missing`;
}

type Archive = NonNullable<ImageArtifact['archive']>;

function archivesOf(wanted: readonly ImageArtifact[]): readonly Archive[] {
  const archives = new Map(
    wanted.flatMap(({ archive }) => (archive === undefined ? [] : [[archive.sha256, archive] as const])),
  );
  return [...archives.values()];
}

/**
 * All archives go over one channel, one after the other: head takes exactly one archive's bytes off the stream.
 * --local takes 1.1 s where the transfer service takes 1.8 s (182 MB with six names, containerd 2.4.2). Unpacking here and
 * now is time the control plane does not spend at its first start.
 */
async function importArchives(archives: readonly Archive[], tools: Tools): Promise<void> {
  const total = archives.reduce((sum, { size }) => sum + size, 0);
  // ctr stops reading at the end of the tar, before its padding: what is left is drained, or the next archive would start too early.
  const script = subshell(
    HOST_PATH,
    ...archives.map(
      ({ size }) =>
        `head -c ${String(size)} | { ${CTR} images import --local - > /dev/null; C=$?; cat > /dev/null; exit "$C"; } || exit 1`,
    ),
  );
  const result = await tools.host.pipe(script, Readable.from(bytesOf(archives, total, tools)), {
    timeoutSeconds: IMPORT_TIMEOUT,
    change: 'import images',
  });
  if (result.code === 0) return;
  throw new KinitError('images could not be imported', {
    class: 'change',
    host: tools.host.host,
    tried: `ctr -n k8s.io images import (${String(archives.length)} archives, ${megabytes(total)} MB)`,
    found: result.stderr.trim().split('\n').slice(-10).join('\n') || `exit code ${String(result.code)}`,
    hint: 'Check free space below /var/lib/containerd and `systemctl status containerd` on the host, then run again.',
  });
}

async function* bytesOf(archives: readonly Archive[], total: number, tools: Tools): AsyncGenerator<Uint8Array> {
  let sent = 0;
  let told = 0;
  for (const { localFile } of archives) {
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

async function pullImages(wanted: readonly ImageArtifact[], tools: Tools): Promise<void> {
  for (const ref of wanted.flatMap((image) => image.refs.slice(0, 1))) {
    tools.signal.throwIfAborted();
    tools.progress(`pulling ${ref}`);
    const result = await tools.host.run(
      subshell(
        HOST_PATH,
        `timeout ${String(PULL_TIMEOUT)} crictl -r unix://${SOCKET} -t ${String(PULL_TIMEOUT)}s pull ${quote(ref)}`,
      ),
      { timeoutSeconds: PULL_TIMEOUT + 10, change: `pull ${ref}` },
    );
    if (result.code === 0) continue;
    throw new KinitError(`image ${ref} could not be pulled from ${ref.split('/')[0] ?? ref}`, {
      class: 'artifact',
      host: tools.host.host,
      tried: `crictl pull ${ref}`,
      found:
        result.code === 124
          ? `no result after ${String(PULL_TIMEOUT)} s`
          : result.stderr.trim().split('\n').slice(-5).join('\n') || `exit code ${String(result.code)}`,
      hint: 'Check that the host reaches the registry, or set artifacts.mirror, runtime.registryMirrors or artifacts.source: source.',
    });
  }
}

/** Gives an image the names it lacks, and keeps the kubelet's garbage collection off pinned ones. */
function nameAndPin(wanted: readonly ImageArtifact[]): string {
  return subshell(
    HOST_PATH,
    `HAVE="$(timeout 30 ${CTR} images ls | awk 'NR > 1 { print $1, $3 }')" || exit 1`,
    'ref_of() { printf \'%s\\n\' "$HAVE" | awk -v ref="$1" -v digest="$2" \'$1 == ref && (digest == "" || $2 == digest) { print $1; exit }\'; }',
    'by_digest() { printf \'%s\\n\' "$HAVE" | awk -v digest="$1" \'digest != "" && $2 == digest { print $1; exit }\'; }',
    ...wanted.flatMap((image) => {
      const digest = quote(image.archive === undefined ? '' : (image.digest ?? ''));
      return [
        'FROM=',
        ...image.refs.map((ref) => `[ -n "$FROM" ] || FROM=$(ref_of ${quote(ref)} ${digest})`),
        `[ -n "$FROM" ] || FROM=$(by_digest ${digest})`,
        `[ -n "$FROM" ] || { echo ${quote(`the image ${image.refs[0] ?? image.name} is not there after loading${image.digest === undefined ? '' : ` with digest ${image.digest}`}`)} >&2; exit 1; }`,
        ...image.refs.flatMap((ref) => [
          `[ -n "$(ref_of ${quote(ref)} ${digest})" ] || ${CTR} images tag --force "$FROM" ${quote(ref)} > /dev/null || exit 1`,
          ...(image.pinned === true
            ? [`${CTR} images label ${quote(ref)} io.cri-containerd.pinned=pinned > /dev/null || exit 1`]
            : []),
        ]),
      ];
    }),
  );
}

function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1_000_000));
}
