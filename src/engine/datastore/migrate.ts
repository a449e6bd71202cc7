import { controlPlaneOf } from '../../control-plane/index.js';
import { datastoreOf, DATASTORES, type Datastore } from '../../datastore/index.js';
import { recordInCluster } from '../../cluster/record/forget.js';
import { readRecord, recordText } from '../../cluster/record/text.js';
import { KinitError, unreachable } from '../../model/error.js';
import { RECORD, type ClusterRecord } from '../../model/record.js';
import { isControlPlane, type Spec } from '../../model/spec.js';
import { accessThrough } from '../api/access.js';
import type { LiveHost } from '../session/session.js';
import { doing, makeHome, step, withDatastore, type CareHost, type CareOptions } from './work.js';

export interface Migrated {
  readonly from: string;
  readonly to: string;
  readonly keys: number;
  /** Where the old data are now. */
  readonly kept: string;
}

const AGAIN = 'Mend what is named, then run the same command again.';
const STOPPED = `The cluster is stopped and its data are as they were. ${AGAIN} Or name the old datastore in the inventory again, and kinit init starts it.`;

/**
 * Brings the data of a cluster from the datastore that it has, by its record, to the one that the inventory names, on the one host of both:
 *
 *     refuse -> ask -> make its folder -> stop -> convert, check -> put in place -> record -> the old ones kept aside
 *
 * Until the record says so the old datastore is the cluster's; a run that is cut is run again. The control plane is down then: the next init
 * starts it on the new one, and writes what the cluster itself says of it.
 *
 * 'brought': the data are there, and the cluster does not say so yet, by its API: a run was cut. 'settled': there is nothing to migrate.
 */
export function migrateDatastore(options: CareOptions): Promise<Migrated | 'brought' | 'settled'> {
  const { spec } = options.inventory;
  const to = datastoreOf(spec);
  return withDatastore(
    'datastore migrate',
    options,
    async ({ members, signal }) => {
      const [target] = members;
      if (target === undefined) throw new Error('withDatastore gives one at least');
      const { host } = target;
      const record = recordOf(host);
      if (record.options['datastore'] === to.id)
        return (await saidInCluster(host, { ...options, signal })) === to.id ? 'settled' : 'brought';
      const from = sourceOf(record, host, spec);
      const source: CareHost = { host, care: careOf(from, target, spec) };
      const convert = convertOf(source, from, to, host);
      await options.agree?.();
      const identity = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
      const tell = (text: string): void => options.emit({ type: 'progress', host: host.spec.name, text });

      await makeHome(target, options, signal);
      const { stop } = controlPlaneOf(spec).stopAndStart(spec);
      tell('stopping the control plane');
      await step(target, doing(stop), { what: 'stop the control plane', next: AGAIN, change: true });
      tell(`converting the data for ${to.title}, and comparing them`);
      const how = { what: `convert the data for ${to.title}`, next: STOPPED, change: true };
      const { keys, revision } = await step(source, convert(target.care.scratch), how);
      await step(target, target.care.prepare(identity, revision), { ...how, what: 'check the converted data' });
      signal.throwIfAborted();
      tell(`putting the data in place, ${String(keys)} keys`);
      await step(target, target.care.replace(identity), { ...how, what: 'put the converted data in place' });
      await note(host, record, to);
      const retire = source.care.retire;
      const kept =
        retire === undefined
          ? ''
          : await step(source, retire(identity), { what: 'keep the old data aside', next: AGAIN, change: true });
      return { from: from.title, to: to.title, keys, kept };
    },
    { all: true, moves: ['datastore'] },
  );
}

function recordOf(host: LiveHost): ClusterRecord {
  const copy = host.facts.kubernetes.record;
  if (copy !== undefined) return readRecord(copy, RECORD.path, host.spec.name);
  throw new KinitError('there is no cluster of kinit on this host whose data could be migrated', {
    class: 'refused',
    host: host.spec.name,
    found: `no ${RECORD.path}`,
    hint: 'kinit init makes a cluster with the datastore that the inventory names.',
  });
}

/** The datastore by the record in the cluster; undefined where its API does not answer. */
async function saidInCluster(host: LiveHost, { inventory, signal }: CareOptions): Promise<string | null | undefined> {
  const access = accessThrough([host], { inventory, signal, mayReadKeys: true });
  try {
    const api = await access?.api();
    return api === undefined ? undefined : (await recordInCluster(api, host.spec.name))?.options['datastore'];
  } catch (thrown) {
    signal.throwIfAborted();
    if (unreachable(thrown) !== undefined) return undefined;
    throw thrown;
  } finally {
    access?.close();
  }
}

function sourceOf({ options }: ClusterRecord, host: LiveHost, spec: Spec): Datastore {
  const id = options['datastore'];
  const from = DATASTORES.find((store) => store.id === id);
  const others = spec.hosts.filter(isControlPlane).length;
  if (from !== undefined && others === 1) return from;
  throw new KinitError(
    from === undefined
      ? 'the record of this cluster does not say what its datastore is; nothing was changed'
      : 'the data are migrated on one host; nothing was changed',
    {
      class: 'refused',
      host: host.spec.name,
      found: from === undefined ? `datastore: ${String(id)}` : `${String(others)} control-plane hosts in the inventory`,
      hint:
        from === undefined
          ? 'kinit init with the datastore that it has writes the record.'
          : 'Name the one host that holds the data now as control plane, and the others after this command and kinit init.',
    },
  );
}

function careOf(from: Datastore, { host }: CareHost, spec: Spec): CareHost['care'] {
  const program = controlPlaneOf(spec).components.apiServer;
  const member = { name: host.spec.name, address: host.spec.internalAddress ?? host.spec.address };
  return from.care({ spec: { ...spec, datastore: from.id }, program, member, members: [member] });
}

function convertOf({ care }: CareHost, from: Datastore, to: Datastore, host: LiveHost) {
  const convert = care.convert?.[to.id];
  if (convert !== undefined) return convert;
  throw new KinitError(`there is no way from ${from.title} to ${to.title}; nothing was changed`, {
    class: 'refused',
    host: host.spec.name,
    found: `the cluster has ${from.title}, the inventory names ${to.title}`,
    hint: `From ${from.title} to: ${Object.keys(care.convert ?? {}).join(', ') || 'none'}. For another one make a new cluster.`,
  });
}

/** From here on it is the cluster's: the guard of the next run reads it here, for no API answers. */
async function note({ connection }: LiveHost, record: ClusterRecord, to: Datastore): Promise<void> {
  const text = recordText({
    ...record,
    options: { ...record.options, datastore: to.id },
    datastore: { ...record.datastore, kind: to.id },
  });
  await connection.upload([{ path: RECORD.path, content: { bytes: Buffer.from(text, 'utf8') }, mode: 0o600 }]);
}
