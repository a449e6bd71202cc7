import { field, list, text } from '../../cluster/api/json.js';
import { defined } from '../../model/defined.js';
import { readKubeadmArgs } from '../../model/text/flags.js';
import type { Datastore } from '../datastore.js';
import type { OutsideFound } from '../outside-datastore.js';
import { ID, USUAL_PREFIX } from './places.js';

/** What these files are called on the operator's machine, by the key of kubeadm's configuration. */
const FILES = { caFile: 'etcd-ca.crt', certFile: 'etcd-client.crt', keyFile: 'etcd-client.key' };

/** kubeadm's etcd.external (v1beta3 and v1beta4). */
export function readExternal(config: unknown): ReturnType<Datastore['readKubeadm']> {
  const urls = list(config, 'etcd', 'external', 'endpoints').map(String);
  if (urls.length === 0) return { options: {}, extraArgs: {} };
  const prefix = readKubeadmArgs(field(config, 'apiServer', 'extraArgs'))['etcd-prefix'] ?? USUAL_PREFIX;
  return {
    options: { datastore: ID, 'datastoreServer.prefix': prefix },
    extraArgs: {},
    outside: outsideOf(config, urls),
  };
}

function outsideOf(config: unknown, urls: readonly string[]): OutsideFound {
  const found = Object.entries(FILES).map(([key, name]) => ({
    key,
    name,
    path: text(config, 'etcd', 'external', key) ?? '',
  }));
  const safe = urls.every((url) => url.startsWith('https://')) && found.every(({ path }) => path !== '');
  return {
    section: { urls, ...Object.fromEntries(found.map(({ key, name }) => [key, name])) },
    copies: Object.fromEntries(found.map(({ name, path }) => [name, path])),
    ...defined({
      cannot: safe
        ? undefined
        : 'The datastore is outside of the cluster, and reached without TLS or without a client certificate; kinit comes to it with both.',
    }),
  };
}
