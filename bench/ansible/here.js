import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagesIn, pythonSays, venv } from '../lib/venv.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Ansible, made ready.
 * @returns its programs' folder, its versions, and the folder of mitogen's strategies, undefined with the reason where it did not install
 */
export function ansibleHere(say, cache) {
  const { folder, bin, without } = venv(
    'ansible',
    { needs: here('requirements.txt'), may: here('mitogen.txt') },
    say,
    cache,
  );
  // It says for itself where it lies.
  const where = 'import ansible_mitogen, os; print(os.path.dirname(ansible_mitogen.__file__))';
  return {
    bin,
    versions: packagesIn(folder),
    ...(without === undefined
      ? { strategies: join(pythonSays(folder, where), 'plugins/strategy') }
      : { withoutMitogen: without }),
  };
}
