import { datastoreOf, type DatastoreState } from '../../datastore/index.js';
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
  return illOf(await membersOf(spec, live), spec, live);
}

/**
 * Before a control plane is taken away for a moment, also in a run that goes on with another's work: the datastore does without one
 * of its members, not without two. Gives what a person said to go on in spite of.
 * @param despiteTrouble most of its members have to be there meanwhile, and no more
 * @throws KinitError refused
 */
export async function requireOtherMembers(
  host: string,
  spec: Spec,
  live: readonly LiveHost[],
  { despiteTrouble = false }: { readonly despiteTrouble?: boolean } = {},
): Promise<readonly string[]> {
  const members = await membersOf(spec, live);
  const ill = illOf(members, spec, live).filter(({ name }) => name !== host);
  if (ill.length === 0) return [];
  const texts = ill.map(({ text }) => text);
  const voters = members.filter(({ voter }) => voter);
  const there = voters.filter(({ name, answers }) => answers && name !== host).length;
  const needed = Math.floor(voters.length / 2) + 1;
  // One that is away itself takes nothing with it.
  const away = voters.find(({ name }) => name === host)?.answers !== true;
  if (despiteTrouble && (there >= needed || away)) return texts;
  const few = `of ${String(voters.length)} members that decide ${String(there)} would be left, and it takes no writes without ${String(needed)}`;
  throw new KinitError(`${host} is not touched while another member of the datastore is not well`, {
    class: 'refused',
    host,
    found: [...texts, ...(despiteTrouble ? [`without ${host}, ${few}`] : [])].join('\n'),
    hint: `kinit doctor looks for the cause. Mend it, then run the same command again: it goes on from here. One whose data are gone for good leaves by kinit reset NAME.${despiteTrouble || there < needed ? '' : ' Where it has to go on as it is: --ignore-health.'}`,
  });
}

type Members = NonNullable<DatastoreState['members']>;

/** All that it has itself, as one of several control planes says; none where there is one, or where it has one by its nature. */
async function membersOf(spec: Spec, live: readonly LiveHost[]): Promise<Members> {
  const controlPlanes = live.filter((host) => isControlPlane(host.spec));
  if (controlPlanes.length < 2) return [];
  const [leader] = careHosts(spec, live);
  if (leader === undefined) return [];
  const next = 'kinit doctor looks for the cause; nothing was changed.';
  return (await careStep(leader, leader.care.status(), { what: 'look at the datastore', next })).members ?? [];
}

function illOf(members: Members, spec: Spec, live: readonly LiveHost[]): readonly IllMember[] {
  const names = new Set(members.map(({ name }) => name));
  const begun = datastoreOf(spec).members?.begun;
  const strangers = live.filter(
    (host) =>
      members.length > 0 && isControlPlane(host.spec) && begun?.(host.facts) === true && !names.has(host.spec.name),
  );
  return [
    ...members.flatMap(({ name, answers, voter, alarms }) => [
      ...(answers || !voter ? [] : [{ name, text: `the datastore's member on ${name} does not answer` }]),
      ...alarms.map((alarm) => ({ name, text: `the datastore's member on ${name} complains of ${alarm}` })),
    ]),
    // It may be a cluster of its own, which began there when the data were lost.
    ...strangers.map(({ spec: { name } }) => ({
      name,
      text: `the datastore has no member on ${name}, though one was begun there`,
    })),
  ];
}
