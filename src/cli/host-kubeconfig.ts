import { KinitError } from '../model/error.js';
import type { HostConnection } from '../model/host.js';
import { HOST_KUBECONFIG } from './host-kubeconfig-path.js';
import { journalSave } from '../resources/journal/journal.js';

/**
 * Puts an administrator's kubeconfig where root's kubectl on the host finds it; reset takes it away again. Closes the connection.
 * @throws KinitError change, where another one is there and `replace` is false.
 */
export async function putKubeconfig(connection: HostConnection, text: string, replace: boolean): Promise<void> {
  try {
    const { stdout } = await connection.run(`if [ -e ${HOST_KUBECONFIG} ]; then cat ${HOST_KUBECONFIG}; fi`);
    if (stdout === text) return;
    if (stdout.trim() !== '' && !replace) {
      throw new KinitError(`${HOST_KUBECONFIG} is there already and differs`, {
        class: 'change',
        host: connection.host,
        hint: 'Add --yes to replace it; kinit reset puts the old one back.',
      });
    }
    const saved = await connection.run(`${SAVE}\numask 077 && mkdir -p /root/.kube`);
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

const SAVE = `${journalSave({
  id: `file:${HOST_KUBECONFIG}`,
  summary: `write ${HOST_KUBECONFIG} (600)`,
  save: `if [ -e ${HOST_KUBECONFIG} ]; then cp -a ${HOST_KUBECONFIG} "$D/before"; fi`,
  restore: `if [ -e "$D/before" ]; then cp -a "$D/before" ${HOST_KUBECONFIG}; else rm -f ${HOST_KUBECONFIG}; fi`,
})} || exit 1`;
