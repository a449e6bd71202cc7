import { controlPlaneOf } from '../../control-plane/index.js';
import { datastoreOf, hadTimedBackups, TIMED_COPY, timedBackups } from '../../datastore/index.js';
import type { Phase } from '../../model/phase.js';

/** Copies of the cluster's data that its hosts make by themselves. Behind the record: they say by it which version they are of. */
export const backups: Phase = {
  id: 'backups',
  title: 'Timer that copies the datastore',
  appliesTo: (context) =>
    context.node.isControlPlane && (context.spec.backups.every !== undefined || hadTimedBackups(context)),
  after: ['record'],
  resources: (context) => {
    const { spec, node } = context;
    const store = datastoreOf(spec);
    const member = { name: node.spec.name, address: node.address };
    const program = controlPlaneOf(spec).components.apiServer;
    return timedBackups(
      context,
      store.id,
      store.care({ spec, program, member, members: [member], scratch: TIMED_COPY }),
    );
  },
};
