import { parse } from 'yaml';
import { field, list, text } from '../../cluster/api/json.js';
import { DATASTORES } from '../../datastore/index.js';
import { defined } from '../../model/defined.js';
import { SERVER_FILE } from '../../model/facts.js';
import { fromFlags, type Flags } from '../../model/text/flags.js';
import type { RunningControlPlane } from '../control-plane.js';

/** The flags and the version of the server, from what it is started with. */
export function readBack(files: Readonly<Record<string, string>>): RunningControlPlane | undefined {
  const server = serverIn(files[SERVER_FILE]);
  if (server === undefined) return undefined;
  const settings = field(server, 'datastore');
  return {
    ...defined({
      version: text(server, 'kubernetesVersion'),
      datastoreId: DATASTORES.find(({ id }) => field(settings, id) !== undefined)?.id,
    }),
    apiServer: fromFlags(list(server, 'apiServer')),
    controllerManager: fromFlags(list(server, 'controllerManager')),
    datastore: DATASTORES.reduce<Flags>((all, { readSettings }) => ({ ...all, ...readSettings?.(settings) }), {}),
  };
}

/** What cannot be read is no server: it does not start with that either. */
function serverIn(file: string | undefined): unknown {
  if (file === undefined) return undefined;
  try {
    const server: unknown = parse(file);
    return server ?? undefined;
  } catch {
    return undefined;
  }
}
