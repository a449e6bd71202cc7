import type { HostFacts } from '../../model/facts.js';
import { unbracketed } from '../../model/text/address.js';
import type { DatastoreServer, ServerPlace, WrongServer } from '../outside-datastore.js';
import { CLIENT_PORT, USUAL_PREFIX } from './places.js';

const MOST = 5;
const LOOKS = 'must look like https://HOST:2379';

/** Each endpoint, as the inventory has them. */
export const endpointsOf = ({ url, urls }: DatastoreServer): readonly string[] =>
  urls ?? (url === undefined ? [] : [url]);

export const prefixOf = ({ prefix }: DatastoreServer): string => prefix ?? USUAL_PREFIX;

export function placeOf(text: string): ServerPlace {
  const url = new URL(text);
  return { host: unbracketed(url.hostname), port: Number(url.port) || (/:443\/?$/.test(text) ? 443 : CLIENT_PORT) };
}

/** What stands in it is not repeated. */
export function wrongServer(server: DatastoreServer): WrongServer[] {
  const { url, urls, prefix, caFile, certFile, keyFile, passwordEnv, passwordFile } = server;
  const endpoints = [
    ...(url === undefined ? [] : [{ path: ['url'], text: url }]),
    ...(urls ?? []).map((text, index) => ({ path: ['urls', index], text })),
  ];
  return [
    ...(endpoints.length === 0 ? [{ message: 'it has to be known where it is: url, or urls of several' }] : []),
    ...(url !== undefined && urls !== undefined
      ? [{ path: ['url'], message: 'stands beside urls: name all of them in urls' }]
      : []),
    ...(urls !== undefined && urls.length > MOST
      ? [{ path: ['urls'], message: `names more than ${String(MOST)} places` }]
      : []),
    ...endpoints.flatMap(({ path, text }, index) => {
      const message =
        wrongUrl(text) ?? (endpoints.findIndex((each) => each.text === text) < index ? 'stands here twice' : undefined);
      return message === undefined ? [] : [{ path, message }];
    }),
    ...(prefix === undefined || /^(\/[A-Za-z0-9._-]+)+$/.test(prefix)
      ? []
      : [
          {
            path: ['prefix'],
            message: 'must look like /registry or /clusters/one: letters, digits, ".", "_", "-", no slash at its end',
          },
        ]),
    ...(passwordEnv === undefined && passwordFile === undefined
      ? []
      : [
          {
            path: [passwordEnv === undefined ? 'passwordFile' : 'passwordEnv'],
            message: 'API servers have no password for it: they show a certificate (certFile, keyFile)',
          },
        ]),
    ...(caFile === undefined ? [{ message: 'needs caFile: the CA that its certificates are of' }] : []),
    ...(certFile === undefined && keyFile === undefined
      ? [{ message: 'needs certFile and keyFile: who comes to it without a certificate could read all Secrets' }]
      : []),
  ];
}

function wrongUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return LOOKS;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return 'must hold no user and no password: API servers show a certificate (certFile, keyFile)';
  if (url.protocol === 'http:')
    return 'must begin with https://: all Secrets of the cluster go this way, and are read by all who see it';
  const rest = url.pathname.replace(/^\/$/, '') + url.search + url.hash;
  return url.protocol === 'https:' && url.hostname !== '' && rest === '' && !text.includes(',') ? undefined : LOOKS;
}

/** As flags have it: always with a port, and with nothing behind it. */
export function endpointText(text: string): string {
  const { host, port } = placeOf(text);
  return `https://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** Whether an API server that was written on a host has its objects below this prefix, in a member of the same etcd. */
export function begunOn(server: DatastoreServer, { kubernetes }: Pick<HostFacts, 'kubernetes'>): boolean {
  const own = new Set(endpointsOf(server).map(endpointText));
  return Object.values(kubernetes.manifests).some((text) => {
    const flag = (name: string): string | undefined => new RegExp(`--${name}=([^\\s"']+)`).exec(text)?.[1];
    const same = (flag('etcd-servers') ?? '').split(',').some((each) => own.has(each.replace(/\/$/, '')));
    return same && (flag('etcd-prefix') ?? USUAL_PREFIX) === prefixOf(server);
  });
}
