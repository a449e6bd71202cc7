import { controlPlaneOf } from '../../control-plane/index.js';
import { DATASTORES, datastoreOf, goesWith } from '../../datastore/index.js';
import { KinitError } from '../../model/error.js';
import type { Spec } from '../../model/spec.js';
import type { Finding } from '../problem.js';
import type { Rule } from './rule.js';

export const datastoreRules: readonly Rule[] = [
  { reads: ['datastore', 'controlPlane'], check: datastore },
  { reads: ['datastore', 'controlPlane', 'datastoreServer'], check: server },
  { reads: ['datastore', 'controlPlane', 'backups'], check: backups },
  { reads: ['datastore', 'controlPlane', 'backups'], check: follower },
];

/** A form of the control plane runs its datastore in one way. */
function datastore(spec: Spec): Finding[] {
  const { datastoreAs, id } = controlPlaneOf(spec);
  const fits = DATASTORES.filter((store) => goesWith(store, datastoreAs));
  if (spec.datastore === undefined || fits.includes(datastoreOf(spec))) return [];
  return [
    {
      path: ['datastore'],
      message: `controlPlane: ${id} does not go with this datastore`,
      allowed: fits.map((store) => store.id).join(', '),
    },
  ];
}

/** One outside of the cluster has an address, one on its hosts has none. */
function server(spec: Spec): Finding[] {
  const { outside, id } = datastoreOf(spec);
  const { datastoreServer } = spec;
  const path = ['datastoreServer'];
  if (datastoreServer === undefined)
    return outside === undefined
      ? []
      : [{ path: ['datastore'], found: '', message: `${id} needs to know where it is: datastoreServer` }];
  if (outside === undefined) {
    const others = DATASTORES.filter((store) => store.outside !== undefined).map((store) => store.id);
    return [
      { path, atKey: true, found: '', message: `is for a datastore outside of the cluster only: ${others.join(', ')}` },
    ];
  }
  const { passwordEnv, passwordFile, certFile, keyFile } = datastoreServer;
  return [
    // What stands there may hold a password.
    ...outside.wrong(datastoreServer).map((wrong) => ({
      path: [...path, ...(wrong.path ?? [])],
      ...(wrong.path === undefined ? { atKey: true } : {}),
      found: '',
      message: wrong.message,
    })),
    ...(passwordEnv === undefined || passwordFile === undefined
      ? []
      : [{ path, atKey: true, message: 'has two places for one password: name passwordEnv or passwordFile' }]),
    ...((certFile === undefined) === (keyFile === undefined)
      ? []
      : [{ path, atKey: true, message: 'needs both of certFile and keyFile' }]),
  ];
}

/** What kinit does not look after, hosts do not copy: one outside of the cluster has tools of its own. */
function backups(spec: Spec): Finding[] {
  if (spec.backups.every === undefined) return [];
  const member = { name: '', address: '' };
  try {
    datastoreOf(spec).care({ spec, program: '', member, members: [member] });
    return [];
  } catch (error) {
    if (!(error instanceof KinitError)) throw error;
    const [message = ''] = error.message.split('; nothing was changed');
    return [{ path: ['backups'], atKey: true, found: '', message }];
  }
}

function follower(spec: Spec): Finding[] {
  if (spec.backups.follower === undefined || datastoreOf(spec).followed === true) return [];
  const fits = DATASTORES.filter(({ followed }) => followed === true).map(({ id }) => id);
  return [
    {
      path: ['backups', 'follower'],
      message: `does not go with this datastore (${datastoreOf(spec).id})`,
      allowed: `with datastore ${fits.join(', ')}`,
    },
  ];
}
