import type { BinaryArtifact } from '../../model/artifact.js';
import { defined } from '../../model/defined.js';
import { asCode, type Resource, type ResourceKind, type Step, undoOf } from '../../model/resource.js';
import { octal } from '../../model/text/mode.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR, stampPath } from '../../shell/state.js';
import { RESTORED } from '../file/index.js';

export interface BinaryResource extends Resource {
  readonly kind: 'binary';
  readonly artifact: BinaryArtifact;
  /** The host fetches it for itself, where it can be fetched. Absent: it is sent. */
  readonly pull?: Pull;
  /** Links of it that stay with the program that it takes the place of: they are given to it later, as links of the artifact. */
  readonly holds?: readonly string[];
  /** Path of another one that may be the same program: then it is made another name of that. Absent: where it would be staged is looked at. */
  readonly sameAs?: string;
}

interface Pull {
  /** Variables for what fetches: proxies. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface BinarySeen {
  /** Lower-case hex of what is installed; '' where nothing is. */
  readonly sha256: string;
  /** Of one that lies on the host already, brought to be installed later or under another name; '' where none does. */
  readonly staged: string;
  /** It is known from the stamp, or would have to be hashed again at the next run. */
  readonly stamped: boolean;
  readonly mode: number;
  readonly owner: string;
  /** 'path target' of every link that is there. */
  readonly links: readonly string[];
}

const MODE = 0o755;

/** Where programs lie that are installed later. */
export const STAGED = `${STATE_DIR}/staged`;

/** Of what a plan names and this machine does not have yet. */
const NOT_KNOWN_YET = 'digest not known yet: init builds or fetches it';

/** An executable and the links that name it, installed from a file on the operator's machine, or fetched by the host. */
export function binary({ artifact, pull, holds, sameAs }: Omit<BinaryResource, 'kind' | 'id'>): BinaryResource {
  return { kind: 'binary', id: binaryId(artifact.installPath), artifact, ...defined({ pull, holds, sameAs }) };
}

/**
 * The same program, brought to the host and not installed yet: what installs it later takes it from here. So nothing has to be
 * sent, or can be missing, when it is its turn.
 */
export function stagedBinary({ artifact, pull }: Pick<BinaryResource, 'artifact' | 'pull'>): BinaryResource {
  const name = `staged-${artifact.name}`;
  return binary({
    artifact: { ...artifact, name, installPath: stagedPath(artifact), links: [] },
    // A run that goes on finds it in its place.
    sameAs: artifact.installPath,
    ...defined({ pull }),
  });
}

/** Where a program lies until it is installed. */
export function stagedPath({ name }: Pick<BinaryArtifact, 'name'>): string {
  return `${STAGED}/${name.replace(/^staged-/, '')}`;
}

/** Id of the program at a path. */
export function binaryId(installPath: string): string {
  return `binary:${installPath}`;
}

/** Seconds that a host may take for a file without a word; fetch.sh has a bound of its own below it. */
const FETCH_SILENCE = 1800;
/** Where a host keeps what it fetched last. Goes at reset, with the rest of it. */
const DOWNLOADS = `${STATE_DIR}/downloads`;
const FETCH = shellScript('./fetch.sh', import.meta.url);

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const TAKE = shellScript('./take.sh', import.meta.url);
const NAME = shellScript('./name.sh', import.meta.url);
const HOLD = shellScript('./hold.sh', import.meta.url);
const FINISH = shellScript('./finish.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const binaryKind: ResourceKind<BinaryResource, BinarySeen> = {
  kind: 'binary',
  describe: { change: 'Installs', subject: asCode, undone: RESTORED },
  together: {
    observe: (programs) =>
      sh(OBSERVE, {
        args: [
          String(programs.length),
          ...programs.flatMap(({ artifact, sameAs }) => [
            ...[artifact.installPath, stampOf(artifact), sameAs ?? stagedPath(artifact)],
          ]),
          ...programs.flatMap(({ artifact }) => artifact.links),
        ],
      }),
    parse: (programs, output) => {
      const seen = parseSeen(output);
      return programs.map(seen);
    },
  },
  diff: (r, seen) => {
    const { artifact } = r;
    const reasons = differences(r, seen);
    if (reasons.length === 0) return { changed: false, reason: `${artifact.name} ${artifact.version} is installed` };
    const size = artifact.sha256 === '' ? '' : ` (${String(Math.max(1, Math.round(artifact.size / 1_000_000)))} MB)`;
    const summary =
      seen.sha256 === artifact.sha256 && artifact.sha256 !== ''
        ? `correct mode and links of ${artifact.installPath}`
        : `install ${artifact.name} ${artifact.version} at ${artifact.installPath}${size}`;
    return {
      changed: true,
      change: { action: seen.sha256 === '' ? 'create' : 'update', summary, reason: reasons.join(', ') },
    };
  },
  apply: (r, seen) => {
    const { artifact } = r;
    const bring =
      seen.sha256 === artifact.sha256
        ? []
        : [...held(r, seen), seen.staged === artifact.sha256 ? taken(r) : broughtBy(r)];
    const { installPath, sha256, links } = artifact;
    const args = [installPath, sha256, stampOf(artifact), octal(MODE), ...links];
    return [...bring, { do: 'script', script: sh(FINISH, { args }) }];
  },
  undo: undoOf({
    version: 1,
    record: ({ artifact }: BinaryResource) => {
      const paths = [artifact.installPath, ...artifact.links];
      return { save: sh(SAVE, { args: paths }), data: { name: artifact.name, paths } };
    },
    restore: ({ name, paths }) => sh(RESTORE, { args: [stampOf({ name }), ...paths.toReversed()] }),
  }),
};

/** What observe.sh has printed. */
function parseSeen(output: string): (program: BinaryResource) => BinarySeen {
  const lines = output.split('\n');
  const of = (word: string): ReadonlyMap<string, string> =>
    new Map(
      lines
        .filter((line) => line.startsWith(`${word} `))
        .map((line) => {
          const [, said = '', path = ''] = /^\w+ (\S+(?: \d+:\d+)?) (.+)$/.exec(line) ?? [];
          return [path, said];
        }),
    );
  const [sha256, staged, stamped, modes] = [of('sha256'), of('staged'), of('stamped'), of('mode')];
  const links = lines.filter((line) => line.startsWith('link ')).map((line) => line.slice('link '.length));
  return ({ artifact: { installPath, links: wanted } }) => {
    const [mode = '0', owner = ''] = (modes.get(installPath) ?? '').split(' ');
    return {
      sha256: sha256.get(installPath) ?? '',
      staged: staged.get(installPath) ?? '',
      stamped: stamped.has(installPath),
      mode: Number.parseInt(mode || '0', 8),
      owner,
      links: links.filter((link) => wanted.some((path) => link.startsWith(`${path} `))),
    };
  };
}

function held({ artifact, holds = [] }: BinaryResource, { sha256 }: BinarySeen): Step[] {
  if (holds.length === 0 || sha256 === '') return [];
  return [{ do: 'script', script: sh(HOLD, { args: [artifact.installPath, ...holds] }) }];
}

function taken({ artifact, sameAs }: BinaryResource): Step {
  if (sameAs !== undefined) return { do: 'script', script: sh(NAME, { args: [artifact.installPath, sameAs] }) };
  return { do: 'script', script: sh(TAKE, { args: [artifact.installPath, stagedPath(artifact)] }) };
}

function broughtBy({ artifact, pull }: BinaryResource): Step {
  const { installPath, sha256, size, localFile, download } = artifact;
  if (pull !== undefined && download !== undefined) {
    const args = [installPath, sha256, download.url, download.sha256, download.member ?? '', DOWNLOADS];
    return {
      do: 'script',
      script: sh(FETCH, { args, exported: pull.environment }),
      silenceSeconds: FETCH_SILENCE,
    };
  }
  const file = { path: installPath, content: { localFile, size }, mode: MODE, owner: 'root', group: 'root', sha256 };
  return { do: 'upload', files: [file] };
}

function differences({ artifact }: BinaryResource, seen: BinarySeen): readonly string[] {
  const open = artifact.sha256 === '' ? [NOT_KNOWN_YET] : [];
  if (seen.sha256 === '') return ['not installed', ...open];
  if (open.length > 0) return [`sha256 ${seen.sha256.slice(0, 12)} is installed`, ...open];
  if (seen.sha256 !== artifact.sha256) return [`another one is installed (sha256 ${seen.sha256.slice(0, 12)})`];
  const missing = artifact.links.filter((path) => !seen.links.includes(`${path} ${artifact.installPath}`));
  return [
    ...(seen.mode === MODE && seen.owner === '0:0' ? [] : [`mode is ${octal(seen.mode)} ${seen.owner}`]),
    ...(missing.length > 0 ? [`missing links: ${missing.join(', ')}`] : []),
  ];
}

function stampOf({ name }: Pick<BinaryArtifact, 'name'>): string {
  return stampPath('binaries', name);
}
