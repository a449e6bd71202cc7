import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { STATE_DIR, fileName, makeStateDir, parseFields, subshell } from '../../shell/statements.js';

export interface ServiceResource extends Resource {
  readonly kind: 'service';
  /** Unit name; '.service' is added where it has no suffix. */
  readonly name: string;
  readonly enabled: boolean;
  readonly running: boolean;
  /** Digest of all it starts from (configuration, unit, program): another one than at its last start means a restart. */
  readonly revision: string | undefined;
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
}

/** A systemd unit: whether it starts at boot, whether it runs now, and with what. */
export function service(options: {
  readonly name: string;
  readonly enabled: boolean;
  readonly running: boolean;
  readonly revision?: string;
}): ServiceResource {
  return {
    kind: 'service',
    id: idOf(options.name),
    name: options.name,
    enabled: options.enabled,
    running: options.running,
    revision: options.revision,
  };
}

/** Seconds a unit may take to become active. */
const START_TIMEOUT = 60;

const SHOW = 'systemctl show -p LoadState -p UnitFileState -p ActiveState -p NeedDaemonReload --';

/** What `systemctl is-enabled` calls enabled; 'enabled-runtime' is gone after a reboot. */
const STARTS_AT_BOOT = ['enabled', 'static', 'indirect', 'alias', 'generated', 'linked'];
const IS_SWITCHED_ON = ['enabled', 'enabled-runtime', 'linked-runtime'];

export const serviceKind: ResourceKind<ServiceResource, ServiceSeen> = {
  kind: 'service',
  describe: {
    change: 'Enables and starts',
    subject: asCode,
    undone: 'Stopped and disabled, or enabled and started again, as it was',
  },
  unseen: (r) =>
    `It was started and does not stay up. On the host: journalctl -u ${quote(unitOf(r))} -e. Mend that, then run the same command again.`,
  observe: (r) =>
    subshell(
      `${SHOW} ${quote(unitOf(r))}`,
      ...(r.revision === undefined
        ? []
        : [`R=; [ ! -r ${stampOf(r)} ] || read -r R < ${stampOf(r)}; echo "revision=$R"`]),
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const revision = fields.get('revision');
    return {
      load: fields.get('LoadState') ?? 'not-found',
      unitFile: fields.get('UnitFileState') ?? '',
      active: fields.get('ActiveState') ?? 'inactive',
      needsReload: fields.get('NeedDaemonReload') === 'yes',
      revision: revision === '' ? undefined : revision,
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
  apply: (r, seen) => [
    {
      do: 'script',
      script: subshell(...(r.running ? bringUp(r, mustStart(r, seen)) : takeDown(r))),
      timeoutSeconds: START_TIMEOUT * 3,
    },
  ],
  undo: (r) => serviceUndo(r.name),
};

/** For other kinds that start a service too: whichever comes first records what it was before. */
export function serviceUndo(name: string): { readonly id: string; readonly save: string; readonly restore: string } {
  return { id: idOf(name), save: `${SHOW} ${quote(unitOf({ name }))} > "$D/state"`, restore: restoreService({ name }) };
}

function idOf(name: string): string {
  return `service:${name}`;
}

function differences(r: ServiceResource, seen: ServiceSeen): readonly string[] {
  const reasons: string[] = [];
  if (r.enabled && !STARTS_AT_BOOT.includes(seen.unitFile))
    reasons.push(seen.load === 'not-found' ? 'systemd does not know it yet' : `is ${seen.unitFile || 'not enabled'}`);
  if (!r.enabled && IS_SWITCHED_ON.includes(seen.unitFile)) reasons.push(`is ${seen.unitFile}`);
  if (r.running && !isUp(seen)) reasons.push(`is ${seen.active}`);
  if (!r.running && !['inactive', 'failed', 'deactivating'].includes(seen.active)) reasons.push(`is ${seen.active}`);
  if (r.running && r.revision !== undefined && seen.revision !== r.revision)
    reasons.push(seen.revision === undefined ? 'not started by kinit yet' : 'its configuration or program changed');
  if (r.running && seen.needsReload) reasons.push('its unit file changed on disk');
  return reasons;
}

function deedOf(r: ServiceResource, seen: ServiceSeen): string {
  if (!r.running) return r.enabled ? `stop ${r.name}` : `stop and disable ${r.name}`;
  if (!mustStart(r, seen)) return `${r.enabled ? 'enable' : 'disable'} ${r.name}`;
  return `${isUp(seen) ? 'restart' : r.enabled ? 'enable and start' : 'start'} ${r.name}`;
}

/** Only what is wrong at boot is no reason to interrupt what runs. */
function mustStart(r: ServiceResource, seen: ServiceSeen): boolean {
  return r.running && (!isUp(seen) || seen.needsReload || (r.revision !== undefined && seen.revision !== r.revision));
}

function isUp(seen: ServiceSeen): boolean {
  return seen.active === 'active' || seen.active === 'reloading';
}

function bringUp(r: ServiceResource, start: boolean): readonly string[] {
  const unit = quote(unitOf(r));
  return [
    `state() { systemctl show -p "$1" -- ${unit} | cut -d= -f2-; }`,
    // Asked now, not taken from what was seen: files of the same phase have been written since.
    'if [ "$(state NeedDaemonReload)" = yes ] || [ "$(state LoadState)" = not-found ]; then timeout 60 systemctl daemon-reload || exit 1; fi',
    `if [ "$(state LoadState)" = masked ]; then systemctl -q unmask -- ${unit} || exit 1; fi`,
    `if [ "$(state LoadState)" = not-found ]; then echo ${quote(`there is no unit ${unitOf(r)}`)} >&2; exit 1; fi`,
    `case "$(state UnitFileState)" in ${r.enabled ? `static|indirect|generated|alias|enabled|linked) ;; *) systemctl -q enable` : `enabled|enabled-runtime|linked-runtime) systemctl -q disable`} -- ${unit} || exit 1;; esac`,
    ...(start ? startAndWait(r) : []),
  ];
}

function startAndWait(r: ServiceResource): readonly string[] {
  const unit = quote(unitOf(r));
  return [
    `systemctl reset-failed -- ${unit} 2> /dev/null`,
    // --no-block and own waiting: the bound is kinit's, not the unit's TimeoutStartSec.
    `systemctl restart --no-block -- ${unit} || exit 1`,
    'sleep 0.05; N=0',
    `while [ "$N" -lt ${String(START_TIMEOUT * 10)} ]; do`,
    '  A=$(state ActiveState); J=$(state Job)',
    '  case "$A:$J" in active:|active:0) break;; failed:|failed:0) break;; esac',
    // It ends by itself again and again: the next start will not go better.
    `  if [ "$A" = activating ] && [ "$N" -ge 100 ] && [ "$(state NRestarts)" -ge 3 ]; then break; fi`,
    '  N=$((N + 1)); sleep 0.1',
    'done',
    `if [ "$A" != active ]; then`,
    `  echo ${quote(r.name)}" is $A ($(state SubState), result $(state Result)) instead of running; its last log lines:" >&2`,
    `  timeout 10 systemctl status --no-pager -n 0 -- ${unit} 2>&1 < /dev/null | head -n 12 >&2`,
    `  timeout 10 journalctl --no-pager -o cat -n 20 -u ${unit} 2>&1 < /dev/null | tail -n 20 >&2`,
    '  exit 1',
    'fi',
    ...(r.revision === undefined ? [] : [rememberRevision(r.name, r.revision)]),
  ];
}

function takeDown(r: ServiceResource): readonly string[] {
  const unit = quote(unitOf(r));
  return [
    `case "$(systemctl show -p LoadState -- ${unit})" in *=not-found) exit 0;; esac`,
    r.enabled ? `systemctl -q enable -- ${unit} || exit 1` : `systemctl -q disable -- ${unit} || exit 1`,
    `timeout ${String(START_TIMEOUT)} systemctl stop -- ${unit} || { echo ${quote(`${r.name} did not stop within ${String(START_TIMEOUT)} s`)} >&2; exit 1; }`,
    `rm -f -- ${stampOf(r)}`,
  ];
}

/**
 * Running before: it is restarted at the very end of a replay, when its old files are back. Not running before: it stops now,
 * because what it holds open is taken away next.
 */
function restoreService(r: Pick<ServiceResource, 'name'>): string {
  const unit = quote(unitOf(r));
  return [
    `rm -f -- ${stampOf(r)}`,
    `case "$(systemctl show -p LoadState -- ${unit})" in *=not-found) exit 0;; esac`,
    'if grep -qx ActiveState=active "$D/state"; then printf \'restart %s\\n\' ' +
      unit +
      ' >> "${KINIT_LATER:-/dev/null}"',
    `else timeout ${String(START_TIMEOUT * 2)} systemctl stop -- ${unit} || { timeout 30 systemctl kill -s KILL -- ${unit}; timeout 30 systemctl stop -- ${unit}; } || exit 1; systemctl reset-failed -- ${unit} 2> /dev/null; fi`,
    'if grep -qx UnitFileState=masked "$D/state"; then systemctl -q mask -- ' + unit + ' || exit 1',
    'elif grep -qx UnitFileState=enabled "$D/state"; then systemctl -q enable -- ' + unit + ' || exit 1',
    'elif grep -qx -e UnitFileState=disabled -e UnitFileState= "$D/state"; then systemctl -q disable -- ' +
      unit +
      ' || exit 1; fi',
    'exit 0',
  ].join('\n');
}

function unitOf(r: Pick<ServiceResource, 'name'>): string {
  return /\.(service|socket|timer|mount|swap|target|path)$/.test(r.name) ? r.name : `${r.name}.service`;
}

/** sh text that notes with which revision a service was started. */
export function rememberRevision(name: string, revision: string): string {
  return `${makeStateDir('revisions')} && printf '%s\\n' ${quote(revision)} > ${stampOf({ name })}`;
}

function stampOf({ name }: { readonly name: string }): string {
  return quote(`${STATE_DIR}/revisions/${fileName(name)}`);
}
