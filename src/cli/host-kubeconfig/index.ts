import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { journalSave } from '../../resources/journal/journal.js';
import { sh, shellScript } from '../../shell/script.js';
import { HOST_KUBECONFIG } from './path.js';

/**
 * Puts an administrator's kubeconfig where root's kubectl on the host finds it; reset takes it away again. Closes the connection.
 * @throws KinitError change, where another one is there and `replace` is false.
 */
export async function putKubeconfig(connection: HostConnection, text: string, replace: boolean): Promise<void> {
  try {
    const { stdout } = await connection.run(read());
    if (stdout === text) return;
    if (stdout.trim() !== '' && !replace) {
      throw new KinitError(`${HOST_KUBECONFIG} is there already and differs`, {
        class: 'change',
        host: connection.host,
        hint: 'Add --yes to replace it; kinit reset puts the old one back.',
      });
    }
    const saved = await connection.run(prepare());
    if (saved.code !== 0)
      throw new KinitError(`${HOST_KUBECONFIG} cannot be written`, {
        class: 'change',
        host: connection.host,
        found: saved.stderr.trim(),
      });
    await connection.upload([{ path: HOST_KUBECONFIG, content: { bytes: Buffer.from(text) }, mode: 0o600 }]);
  } finally {
    await connection.close();
  }
}

const args = [HOST_KUBECONFIG];
const script = (file: string): string => sh(shellScript(file, import.meta.url), { args });

/** Text of it; empty where there is none. */
const read = (): string => script('./read.sh');

/** Notes for reset what is there, and makes its folder. */
const prepare = (): string =>
  `${journalSave({
    id: `file:${HOST_KUBECONFIG}`,
    summary: `write ${HOST_KUBECONFIG} (600)`,
    save: script('./save.sh'),
    restore: script('./restore.sh'),
  })} || exit 1\n${script('./make-folder.sh')}`;
