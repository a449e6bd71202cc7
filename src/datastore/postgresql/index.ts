import type { Datastore } from '../datastore.js';
import { outsideDatabase } from '../outside/index.js';

export const postgresql: Datastore = outsideDatabase({
  id: 'postgresql',
  title: 'PostgreSQL',
  words: ['postgres', 'pg_dump'],
  schemes: ['postgres', 'postgresql'],
  port: 5432,
  tools: 'pg_dump and pg_restore, or its own backups',
});
