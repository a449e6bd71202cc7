import { defined } from '../../model/defined.js';
import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind, undoOf, type UndoRecord } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import { stampPath } from '../../shell/state.js';

export interface ServiceResource extends Resource {
  readonly kind: 'service';
  /** Unit name; '.service' is added where it has no suffix. */
  readonly name: string;
  /** Absent, as for `running`: left as it is. */
  readonly enabled: boolean | undefined;
  readonly running: boolean | undefined;
  /** Digest of all it starts from (configuration, unit, program): another one than at its last start means a restart. */
  readonly revision: string | undefined;
  /** Files it starts from: a process that was started before one of them was written does not run as it was written. */
  readonly files: readonly string[];
  /** Seconds in which it has to run, or to end for good. */
  readonly startSeconds: number;
  /** The host name it takes up when it starts, which is noted then. Absent: no matter to it. */
  readonly hostName: string | undefined;
}

export interface ServiceSeen {
  /** systemd's LoadState: loaded, not-found, masked, ... */
  readonly load: string;
  /** systemd's UnitFileState: enabled, disabled, static, masked, ... */
  readonly unitFile: string;
  /** systemd's ActiveState: active, inactive, failed, activating, ... */
  readonly active: string;
  readonly needsReload: boolean;
  readonly revision: string | undefined;
  /** A file of it that was written after its process was started. */
  readonly newer?: string;
  /** The host's name has been set since it was started; what it is now. */
  readonly renamed: boolean;
  readonly hostName: string;
}

/** A systemd unit: whether it starts at boot, whether it runs now, and with what. */
export function service(options: {
  readonly name: string;
  readonly enabled: boolean;
  readonly running: boolean;
  readonly revision?: string;
  readonly files?: readonly string[];
  /** Default: 60. */
  readonly startSeconds?: number;
  readonly hostName?: string;
}): ServiceResource {
  return {
    kind: 'service',
    id: idOf(options.name),
    name: options.name,
    enabled: options.enabled,
    running: options.running,
    revision: options.revision,
    files: options.files ?? [],
    startSeconds: options.startSeconds ?? START_SECONDS,
    hostName: options.hostName,
  };
}

/** A service that runs under a name that the host has no more, or shall have no more, is restarted; nothing else about it is asked. */
export function startedAs(options: { readonly name: string; readonly hostName: string }): ServiceResource {
  const { name, hostName } = options;
  return {
    kind: 'service',
    id: idOf(name),
    name,
    enabled: undefined,
    running: undefined,
    revision: undefined,
    files: [],
    startSeconds: START_SECONDS,
    hostName,
  };
}

/** What most programs need a fraction of. */
const START_SECONDS = 60;
/** bring-up.sh and take-down.sh (60 s) may be silent for so many times as long as they wait for the unit. */
const PATIENCE = 3;

/** What `systemctl is-enabled` calls enabled; 'enabled-runtime' is gone after a reboot. */
const STARTS_AT_BOOT = ['enabled', 'static', 'indirect', 'alias', 'generated', 'linked'];
const IS_SWITCHED_ON = ['enabled', 'enabled-runtime', 'linked-runtime'];

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const WHY = shellScript('./why.sh', import.meta.url);
const BRING_UP = shellScript('./bring-up.sh', import.meta.url);
const TAKE_DOWN = shellScript('./take-down.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const serviceKind: ResourceKind<ServiceResource, ServiceSeen> = {
  kind: 'service',
  describe: {
    change: 'Enables, starts or restarts',
    subject: asCode,
    undone: 'Stopped and disabled, or enabled and started again, as it was',
  },
  unseen: (r) =>
    `It was started and does not stay up. On the host: journalctl -u ${quote(unitOf(r.name))} -e. Mend that, then run the same command again.`,
  why: (r) => sh(WHY, { args: [unitOf(r.name)] }),
  observe: (r) =>
    sh(OBSERVE, {
      args: [
        unitOf(r.name),
        r.revision === undefined ? '' : revisionStamp(r.name),
        r.hostName === undefined ? '' : hostNameStamp(r.name),
        ...r.files,
      ],
    }),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const revision = fields.get('revision');
    return {
      load: fields.get('LoadState') ?? 'not-found',
      unitFile: fields.get('UnitFileState') ?? '',
      active: fields.get('ActiveState') ?? 'inactive',
      needsReload: fields.get('NeedDaemonReload') === 'yes',
      revision: revision === '' ? undefined : revision,
      ...defined({ newer: fields.get('newer') }),
      renamed: fields.get('renamed') === 'yes',
      hostName: fields.get('hostname') ?? '',
    };
  },
  diff: (r, seen) => {
    const reasons = differences(r, seen);
    if (reasons.length === 0)
      return {
        changed: false,
        reason:
          seen.load === 'not-found'
            ? `there is no ${r.name}`
            : `${r.name} is ${seen.active}${seen.unitFile === '' ? '' : ` and ${seen.unitFile}`}`,
      };
    return { changed: true, change: { action: 'run', summary: deedOf(r, seen), reason: reasons.join(', ') } };
  },
  afterWriting: ({ files }, seen, written) => {
    const newer = files.find((path) => written.has(path));
    return newer === undefined ? undefined : { ...seen, newer };
  },
  apply: (r, seen) => [
    {
      do: 'script',
      script: r.running === false ? takeDown(r) : bringUp(r, mustStart(r, seen)),
      silenceSeconds: PATIENCE * Math.max(r.startSeconds, 60),
    },
  ],
  undo: undoOf({
    version: 1,
    record: ({ name }: ServiceResource) => recordService(name),
    restore: ({ name }) => sh(RESTORE, { args: [unitOf(name), revisionStamp(name), hostNameStamp(name)] }),
  }),
};

/** For other kinds that start a service too: whichever comes first records what it was before. */
export function recordService(name: string): UndoRecord<{ readonly name: string }> {
  return { save: sh(SAVE, { args: [unitOf(name)] }), data: { name }, as: { kind: 'service', id: idOf(name) } };
}

const ID = 'service:';

function idOf(name: string): string {
  return `${ID}${name}`;
}

/** The name of the service whose resource has this id; undefined: it is another kind's. */
export function serviceOf(id: string): string | undefined {
  return id.startsWith(ID) ? id.slice(ID.length) : undefined;
}

function differences(r: ServiceResource, seen: ServiceSeen): readonly string[] {
  const reasons: string[] = [];
  if (r.enabled === true && !STARTS_AT_BOOT.includes(seen.unitFile))
    reasons.push(seen.load === 'not-found' ? 'systemd does not know it yet' : `is ${seen.unitFile || 'not enabled'}`);
  if (r.enabled === false && IS_SWITCHED_ON.includes(seen.unitFile)) reasons.push(`is ${seen.unitFile}`);
  if (r.running === true && !isUp(seen)) reasons.push(`is ${seen.active}`);
  if (r.running === false && !['inactive', 'failed', 'deactivating'].includes(seen.active))
    reasons.push(`is ${seen.active}`);
  if (r.running === true && r.revision !== undefined && seen.revision !== r.revision)
    reasons.push(seen.revision === undefined ? 'not started by kinit yet' : 'its configuration or program changed');
  if (r.running === true && isUp(seen) && seen.revision === r.revision && seen.newer !== undefined)
    reasons.push(`was started before ${seen.newer} was written`);
  if (isMisnamed(r, seen)) reasons.push(misnaming(r, seen));
  if (r.running === true && seen.needsReload) reasons.push('its unit file changed on disk');
  return reasons;
}

function deedOf(r: ServiceResource, seen: ServiceSeen): string {
  if (isMisnamed(r, seen)) return `restart ${r.name}`;
  if (r.running !== true) return r.enabled === true ? `stop ${r.name}` : `stop and disable ${r.name}`;
  if (!mustStart(r, seen)) return `${r.enabled === true ? 'enable' : 'disable'} ${r.name}`;
  return `${isUp(seen) ? 'restart' : r.enabled === true ? 'enable and start' : 'start'} ${r.name}`;
}

/** Only what is wrong at boot is no reason to interrupt what runs. */
function mustStart(r: ServiceResource, seen: ServiceSeen): boolean {
  if (r.running !== true) return isMisnamed(r, seen);
  const another = r.revision !== undefined && (seen.revision !== r.revision || seen.newer !== undefined);
  return !isUp(seen) || seen.needsReload || another;
}

/** Of `startedAs`: it runs, under a name that the host had when it was started. */
function isMisnamed(r: ServiceResource, seen: ServiceSeen): boolean {
  return r.running === undefined && isUp(seen) && r.hostName !== undefined && seen.renamed;
}

function misnaming({ hostName = '' }: ServiceResource, seen: ServiceSeen): string {
  return seen.hostName === hostName
    ? 'the host name was set since it was started'
    : `the host name is ${seen.hostName}, and becomes ${hostName}`;
}

function isUp(seen: ServiceSeen): boolean {
  return seen.active === 'active' || seen.active === 'reloading';
}

function bringUp({ name, enabled, revision = '', startSeconds, hostName }: ServiceResource, start: boolean): string {
  const named = hostName === undefined ? '' : hostNameStamp(name);
  const args = [
    unitOf(name),
    name,
    yesNo(enabled),
    yesNo(start),
    revision,
    revisionStamp(name),
    named,
    String(startSeconds),
  ];
  return sh(BRING_UP, { args });
}

function takeDown({ name, enabled }: ServiceResource): string {
  return sh(TAKE_DOWN, { args: [unitOf(name), name, yesNo(enabled), revisionStamp(name)] });
}

const yesNo = (answer: boolean | undefined): string => (answer === undefined ? '' : answer ? 'yes' : 'no');

function unitOf(name: string): string {
  return /\.(service|socket|timer|mount|swap|target|path)$/.test(name) ? name : `${name}.service`;
}

/** The file that says under which host name a service was started (shell/lib/host-name.sh). */
export function hostNameStamp(name: string): string {
  return stampPath('revisions', `${name}.hostname`);
}

/** The file that says with which revision a service was started. */
export function revisionStamp(name: string): string {
  return stampPath('revisions', name);
}
