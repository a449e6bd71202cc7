import type { HostConnection } from '../model/host.js';
import { shellScript } from '../shell/script.js';
import { askSections } from './ask.js';
import { fileBlocks } from './file-blocks.js';

const SCRIPT = shellScript('./read-files.sh', import.meta.url);
const SECTION = 'files';

/** Texts of files by path, in one round trip, private keys among them: only for what signs with them, writes or uses them. */
export async function readFiles(
  connection: HostConnection,
  paths: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const { answers } = await askSections(connection, [[SECTION, SCRIPT, { args: [...paths] }]], {
    what: 'read keys and kubeconfigs',
    timeoutSeconds: 30,
  });
  return Object.fromEntries(
    fileBlocks(answers.get(SECTION) ?? '').map(({ name, rows }) => [name, rows.map((row) => row.slice(1)).join('\n')]),
  );
}
