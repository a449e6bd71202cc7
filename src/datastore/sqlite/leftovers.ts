import type { LeftoverRow } from '../../model/seams/leftover.js';
import { cutRestore } from '../cut-restore.js';
import { DATA_DIR, DATABASE } from './places.js';

/** A server that starts on it brings the objects of that cluster back. */
export const databaseOfAnother: LeftoverRow = {
  name: 'sqlite-data',
  title: 'Database of an earlier cluster',
  harm: 'The new cluster would start with the objects and workloads of the old one.',
  looks: () => ({ files: [DATABASE] }),
  find: ({ past, mine, isControlPlane, older }) => {
    if (!isControlPlane || mine) return [];
    const found = past.files.find(({ path }) => path === DATABASE);
    // Written since kinit came: a server that it made has it.
    if (found === undefined || !older(found)) return [];
    return [
      {
        what: DATABASE,
        owner: `user ${found.owner}`,
        written: found.written,
        severity: 'error',
        aside: { do: 'move', path: DATA_DIR, remade: true },
        advice: `Where nobody needs these data: rm -rf ${DATA_DIR}/*.`,
      },
    ];
  },
};

export const databaseReplacing = cutRestore(
  'sqlite-replacing',
  'A restore of the database that was cut while it moved the data',
  'The server would begin an empty cluster.',
  () => DATA_DIR,
);
