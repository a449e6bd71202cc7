import type { Readable } from 'node:stream';
import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { lastLines } from '../../model/text/last-lines.js';
import { sh, shellScript } from '../../shell/script.js';

const RECEIVE = shellScript('./receive.sh', import.meta.url);
/** Some gigabytes over a slow line. */
const SECONDS = 3600;

/** Writes a stream into a file of a host (mode 600), and checks it there: for what is too large to be held, or lies nowhere as it is sent. Throws KinitError. */
export async function sendFile(host: HostConnection, content: Readable, path: string, sha256: string): Promise<void> {
  const { code, stderr } = await host.pipe(sh(RECEIVE, { args: [path, sha256] }), content, {
    timeoutSeconds: SECONDS,
    change: 'receive a file',
  });
  if (code === 0) return;
  const found = lastLines(stderr, 3).replace(/^Error: /gm, '') || `exit code ${String(code)}`;
  throw new KinitError(`could not store ${path}`, {
    class: 'change',
    host: host.host,
    found,
    hint: /No space left/i.test(found)
      ? `The disk is full. Make room (df -h ${path.slice(0, path.lastIndexOf('/'))}), then run the same command again.`
      : 'Run the same command again.',
  });
}
