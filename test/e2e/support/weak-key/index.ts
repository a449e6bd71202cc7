import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A key that vouches for its name by SHA-1, as gpg made them before version 2.1 (`gpg --cert-digest-algo SHA1 --quick-generate-key`), and the
 * list of an empty repository that it has signed. Its private half is gone.
 */
export const WEAK_KEY = fileURLToPath(new URL('key.asc', import.meta.url));
export const SIGNED_BY_WEAK_KEY = readFileSync(fileURLToPath(new URL('InRelease', import.meta.url)), 'utf8');
