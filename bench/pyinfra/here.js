import { fileURLToPath } from 'node:url';
import { packagesIn, venv } from '../lib/venv.js';

/** pyinfra, made ready: its programs' folder, and its version. */
export function pyinfraHere(say) {
  const { folder, bin } = venv('pyinfra', { needs: fileURLToPath(new URL('requirements.txt', import.meta.url)) }, say);
  return { bin, version: packagesIn(folder)['pyinfra'] };
}
