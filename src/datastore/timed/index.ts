import { z } from 'zod';
import type { PhaseContext } from '../../model/phase.js';
import { RECORD } from '../../model/record.js';
import type { Resource } from '../../model/resource.js';
import type { Spec } from '../../model/spec.js';
import { digestOf } from '../../model/text/digest.js';
import { PKI_DIR } from '../../pki/index.js';
import { directory, file, service } from '../../resources/index.js';
import { sh, shellScript } from '../../shell/script.js';
import { template } from '../../templates/template.js';
import type { CareStep, DatastoreCare } from '../care.js';
import { readTimedBackups, type TimedBackups } from './read.js';

export type { TimedBackups } from './read.js';

const COPY = shellScript('./copy.sh', import.meta.url);
const LIST = shellScript('./list.sh', import.meta.url);
const serviceUnit = template(
  new URL('./service.hbs', import.meta.url),
  z.strictObject({ cluster: z.string(), script: z.string() }),
);
const timerUnit = template(
  new URL('./timer.hbs', import.meta.url),
  z.strictObject({ cluster: z.string(), every: z.string() }),
);

const FOLDER = '/usr/local/lib/kinit';
const SCRIPT = `${FOLDER}/datastore-backup.sh`;
const NAME = 'kinit-datastore-backup';
const SERVICE = `/etc/systemd/system/${NAME}.service`;
const TIMER = `/etc/systemd/system/${NAME}.timer`;
/** Of copies on their way: kinit's own, which may be under way too, have another. */
export const TIMED_COPY = 'timed-copy.db';

/** Whether this host has had the timer. */
export function hadTimedBackups({ node }: PhaseContext): boolean {
  return node.facts.past?.recorded.includes(`file:${TIMER}`) === true;
}

/** What makes backups on this host from time to time, and keeps the last of them. @param care with the scratch file TIMED_COPY */
export function timedBackups({ spec, kinit }: PhaseContext, datastore: string, care: DatastoreCare): Resource[] {
  const { every, keep, folder } = spec.backups;
  if (every === undefined) return [timer(false)];
  const script = sh(COPY, {
    args: [care.scratch, folder, String(keep), spec.name, kinit, datastore, RECORD.path, `${PKI_DIR}/ca.crt`],
    env: { COPY: care.backup().script },
  });
  const unit = timerUnit({ cluster: spec.name, every: inSystemd(every) });
  return [
    directory({ path: FOLDER, mode: 0o755 }),
    // Without removeContents: after a reset by mistake these are what is left.
    directory({ path: folder, mode: 0o700 }),
    file({ path: SCRIPT, content: `# Written by kinit: backups of the inventory.\n${script}\n`, mode: 0o700 }),
    file({ path: SERVICE, content: serviceUnit({ cluster: spec.name, script: SCRIPT }), mode: 0o644 }),
    file({ path: TIMER, content: unit, mode: 0o644 }),
    timer(true, unit),
  ];
}

function timer(wanted: boolean, unit = ''): Resource {
  return service({
    name: `${NAME}.timer`,
    enabled: wanted,
    running: wanted,
    ...(wanted ? { revision: digestOf(unit), files: [TIMER] } : {}),
  });
}

/** systemd.time(7): a lone m is a minute there too, but says so at a second look only. */
function inSystemd(every: string): string {
  return every.replace(/m$/, 'min');
}

/** The backups that a host has made by itself. */
export function listTimedBackups({ name, backups }: Pick<Spec, 'name' | 'backups'>): CareStep<TimedBackups> {
  return { script: sh(LIST, { args: [backups.folder, name, `${NAME}.service`] }), read: readTimedBackups };
}
