// Labs of the end-to-end tests of this checkout: their names say whose they are, so that only these are ever taken away.
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = realpathSync(path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..'));

/** What the names of these labs start with. */
export const LAB_PREFIX = `e2e-${createHash('sha256').update(root).digest('hex').slice(0, 4)}-`;
