import type { BinaryArtifact } from '../../model/artifact.js';
import { quote, quoteAll } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind, type Step } from '../../model/resource.js';
import { makeLink } from '../link/index.js';
import { RESTORED, restorePath, savePath } from '../support/saved-path.js';
import { STATE_DIR, fileName, makeStateDir, octal, parseFields, parseList, subshell } from '../../shell/statements.js';

export interface BinaryResource extends Resource {
  readonly kind: 'binary';
  readonly artifact: BinaryArtifact;
}

export interface BinarySeen {
  /** Lower-case hex of what is installed; '' where nothing is. */
  readonly sha256: string;
  /** It is known from the stamp, or would have to be hashed again at the next run. */
  readonly stamped: boolean;
  readonly mode: number;
  readonly owner: string;
  /** 'path target' of every link that is there. */
  readonly links: readonly string[];
}

const MODE = 0o755;

/** An executable and the links that name it, installed from a file on the operator's machine. */
export function binary(options: { readonly artifact: BinaryArtifact }): BinaryResource {
  return { kind: 'binary', id: `binary:${options.artifact.installPath}`, artifact: options.artifact };
}

export const binaryKind: ResourceKind<BinaryResource, BinarySeen> = {
  kind: 'binary',
  describe: { change: 'Installs', subject: asCode, undone: RESTORED },
  observe: ({ artifact }) =>
    subshell(
      `P=${quote(artifact.installPath)}; S=${stampOf(artifact)}`,
      'if [ -f "$P" ] && [ ! -L "$P" ]; then',
      // Hashing 160 MB takes half a second at every run: size, time and inode of the file that was hashed stand in a stamp.
      `  N=$(stat -c '${STAT}' -- "$P"); H=; W=; [ ! -r "$S" ] || { read -r H W < "$S"; }`,
      '  if [ -n "$H" ] && [ "$W" = "$N" ]; then echo stamped=yes; else H=$(sha256sum < "$P"); H=${H%% *}; fi',
      '  echo "sha256=$H"; stat -c "mode=%a\nowner=%u:%g" -- "$P"',
      'fi',
      ...(artifact.links.length > 0
        ? [`find ${quoteAll(artifact.links)} -maxdepth 0 -type l -printf 'link=%p %l\\n' 2> /dev/null; :`]
        : []),
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    return {
      sha256: fields.get('sha256') ?? '',
      stamped: fields.get('stamped') === 'yes',
      mode: Number.parseInt(fields.get('mode') ?? '0', 8),
      owner: fields.get('owner') ?? '',
      links: parseList(output, 'link'),
    };
  },
  diff: (r, seen) => {
    const { artifact } = r;
    const reasons = differences(r, seen);
    if (reasons.length === 0) return { changed: false, reason: `${artifact.name} ${artifact.version} is installed` };
    const megabytes = Math.max(1, Math.round(artifact.size / 1_000_000));
    const summary =
      seen.sha256 === artifact.sha256
        ? `correct mode and links of ${artifact.installPath}`
        : `install ${artifact.name} ${artifact.version} at ${artifact.installPath} (${String(megabytes)} MB)`;
    return {
      changed: true,
      change: { action: seen.sha256 === '' ? 'create' : 'update', summary, reason: reasons.join(', ') },
    };
  },
  apply: ({ artifact }, seen) => {
    const upload: Step[] =
      seen.sha256 === artifact.sha256
        ? []
        : [
            {
              do: 'upload',
              files: [
                {
                  path: artifact.installPath,
                  content: { localFile: artifact.localFile, size: artifact.size },
                  mode: MODE,
                  owner: 'root',
                  group: 'root',
                  sha256: artifact.sha256,
                },
              ],
            },
          ];
    return [...upload, { do: 'script', script: finish(artifact) }];
  },
  undo: ({ artifact }) => {
    const paths = [artifact.installPath, ...artifact.links];
    return {
      save: paths.map((path, index) => savePath(path, String(index))).join('\n'),
      restore: [
        `rm -f -- ${stampOf(artifact)}`,
        ...paths.map((path, index) => restorePath(path, String(index))).reverse(),
      ].join('\n'),
    };
  },
};

/** Size, time of last change of content in nanoseconds, inode. */
const STAT = '%s %.9Y %i';

function differences({ artifact }: BinaryResource, seen: BinarySeen): readonly string[] {
  if (seen.sha256 === '') return ['not installed'];
  if (seen.sha256 !== artifact.sha256) return [`another one is installed (sha256 ${seen.sha256.slice(0, 12)})`];
  const missing = artifact.links.filter((path) => !seen.links.includes(`${path} ${artifact.installPath}`));
  return [
    ...(seen.mode === MODE && seen.owner === '0:0' ? [] : [`mode is ${octal(seen.mode)} ${seen.owner}`]),
    ...(missing.length > 0 ? [`missing links: ${missing.join(', ')}`] : []),
  ];
}

/** The stamp is written last, of a file whose hash was checked on its way in. */
function finish(artifact: BinaryArtifact): string {
  return subshell(
    ...artifact.links.map((path) => makeLink(path, artifact.installPath)),
    `P=${quote(artifact.installPath)}`,
    `chown 0:0 -- "$P" && chmod -- ${octal(MODE)} "$P" && ${makeStateDir('binaries')} && printf '%s %s\\n' ${artifact.sha256} "$(stat -c '${STAT}' -- "$P")" > ${stampOf(artifact)}`,
  );
}

function stampOf(artifact: BinaryArtifact): string {
  return quote(`${STATE_DIR}/binaries/${fileName(artifact.name)}`);
}
