import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { sh, shellScript } from '../../shell/script.js';

const READ_PART = shellScript('./read-part.sh', import.meta.url);
/** In base64 it stays below what one answer of a host may have (MAX_OUTPUT). */
const PART_BYTES = 4 * 1024 * 1024;

/** The bytes of a file of a host that nobody writes to, in parts. @param size in bytes. Throws KinitError where it has fewer. */
export async function* download(
  host: HostConnection,
  path: string,
  size: number,
  onProgress: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let got = 0;
  while (got < size) {
    const { code, stdout, stderr } = await host.run(
      sh(READ_PART, { args: [path, String(got + 1), String(PART_BYTES)] }),
      { timeoutSeconds: 300 },
    );
    const part = Buffer.from(stdout, 'base64');
    if (code !== 0 || part.length === 0)
      throw new KinitError(`${path} cannot be read to its end`, {
        class: 'access',
        host: host.host,
        tried: `reading ${String(size)} bytes; ${String(got)} came`,
        found: stderr.trim() || 'nothing more came',
        hint: 'Run the same command again.',
      });
    got += part.length;
    onProgress(got);
    yield part;
  }
}
