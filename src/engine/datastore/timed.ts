import { listTimedBackups, type TimedBackups } from '../../datastore/index.js';
import { step, withDatastore, type CareOptions } from './work.js';

export interface HostBackups extends TimedBackups {
  readonly host: string;
}

/** The backups that the control-plane hosts have made by themselves; hosts that do not answer are left out, with a warning. */
export function timedBackupsOf(options: CareOptions): Promise<readonly HostBackups[]> {
  const { spec } = options.inventory;
  return withDatastore('datastore backups', options, ({ members }) =>
    Promise.all(
      members.map(async (member) => ({
        host: member.host.spec.name,
        ...(await step(member, listTimedBackups(spec), {
          what: 'list the backups there',
          next: `Look at ${spec.backups.folder} on that host.`,
        })),
      })),
    ),
  );
}
