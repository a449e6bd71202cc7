import type { Datastore } from '../datastore.js';
import { outsideDatabase } from '../outside/index.js';

export const mysql: Datastore = outsideDatabase({
  id: 'mysql',
  title: 'MySQL',
  words: ['mysql'],
  schemes: ['mysql'],
  port: 3306,
  tools: 'mysqldump --single-transaction, or its own backups',
});
