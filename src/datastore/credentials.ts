import type { DatastoreAccess } from '../model/phase.js';
import { file } from '../resources/index.js';

/** Where control-plane hosts have what they show a datastore outside of the cluster, and check it against. */
type Places = Readonly<Partial<Record<keyof DatastoreAccess, string>>>;

/** Files of root's alone, of what the inventory gives. */
export function credentialFiles(access: DatastoreAccess, places: Places): ReturnType<typeof file>[] {
  const ways = [
    {
      path: places.password,
      content: access.password === undefined ? undefined : `${access.password}\n`,
      secret: true,
    },
    { path: places.ca, content: access.ca, secret: false },
    { path: places.certificate, content: access.certificate, secret: false },
    { path: places.key, content: access.key, secret: true },
  ];
  return ways.flatMap(({ path, content, secret }) =>
    path === undefined || content === undefined ? [] : [file({ path, content, mode: 0o600, secret })],
  );
}
