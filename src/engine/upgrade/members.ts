import { KinitError } from '../../model/error.js';
import { isControlPlane, type Spec } from '../../model/spec.js';
import { careHosts, step as careStep } from '../datastore/work.js';
import type { LiveHost } from '../session/session.js';

/** A member of the datastore that does not answer, or complains. */
interface IllMember {
  readonly name: string;
  readonly text: string;
}

/** Members that are not well, of those of several control planes. */
export async function illMembers(spec: Spec, live: readonly LiveHost[]): Promise<readonly IllMember[]> {
  const controlPlanes = live.filter((host) => isControlPlane(host.spec));
  if (controlPlanes.length < 2) return [];
  const [leader] = careHosts(spec, live);
  if (leader === undefined) return [];
  const next = 'kinit doctor looks for the cause; nothing was changed.';
  const { members = [] } = await careStep(leader, leader.care.status(), { what: 'look at the datastore', next });
  return members.flatMap(({ name, answers, alarms }) => [
    ...(answers ? [] : [{ name, text: `the datastore's member on ${name} does not answer` }]),
    ...alarms.map((alarm) => ({ name, text: `the datastore's member on ${name} complains of ${alarm}` })),
  ]);
}

/**
 * Before a control plane is taken away for a moment, also in a run that goes on with another's work: the datastore does without one
 * of its members, not without two. @throws KinitError refused
 */
export async function requireOtherMembers(host: string, spec: Spec, live: readonly LiveHost[]): Promise<void> {
  const ill = (await illMembers(spec, live)).filter(({ name }) => name !== host);
  if (ill.length === 0) return;
  throw new KinitError(`${host} is not touched while another member of the datastore is not well`, {
    class: 'refused',
    host,
    found: ill.map(({ text }) => text).join('\n'),
    hint: 'kinit doctor looks for the cause. Mend it, then run the same command again: it goes on from here.',
  });
}
