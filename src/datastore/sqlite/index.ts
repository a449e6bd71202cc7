import type { Datastore } from '../datastore.js';
import { bySocket, socketFolder, socketSettings } from '../socket.js';
import { sqliteCare } from './care.js';
import { databaseOfAnother, databaseReplacing } from './leftovers.js';
import { DATABASE } from './places.js';
import { slowDisk } from './slow-disk.js';

/** A SQLite file that speaks etcd's protocol, in the process of the API server: for one control-plane host. */
export const sqlite: Datastore = {
  ...bySocket,
  id: 'sqlite',
  title: 'SQLite',
  words: ['sqlite', 'kine'],
  describe: 'in a file, for one control-plane host',
  runs: {
    process: ({ spec: { backups } }) => ({
      sqlite: DATABASE,
      ...(backups.follower === undefined ? {} : { follower: backups.follower }),
      ...socketSettings,
    }),
  },
  followed: true,
  usual: 'process',
  home: () => [socketFolder],
  resources: () => [socketFolder],
  leftovers: [databaseOfAnother, databaseReplacing],
  slowDisk,
  // SQLITE_NOTADB and SQLITE_CORRUPT (sqlite.org/rescode.html), and what the server reads before it starts (components/embedded/datastore.go).
  torn: ['file is not a database', 'database disk image is malformed', `${DATABASE} is damaged`],
  // components/embedded/datastore.go
  gone: [`${DATABASE} has none of the data`],
  care: sqliteCare,
};
