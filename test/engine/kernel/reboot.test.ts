import { expect, test, vi } from 'vitest';
import { reboot } from '../../../src/engine/kernel/reboot.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { KinitError } from '../../../src/model/error.js';

const connectTo = vi.hoisted(() => vi.fn());
vi.mock('../../../src/engine/session/session.js', () => ({ connectTo }));

test('a host that never comes back is given up after the bound, with the last that it said', async () => {
  connectTo.mockRejectedValue(new KinitError('no route to it', { class: 'access' }));
  const close = vi.fn(() => Promise.resolve());
  const host = {
    spec: { name: 'n1' },
    facts: { bootId: 'a' },
    connection: { run: () => Promise.resolve({ code: 0, stdout: '', stderr: '' }), close },
  } as unknown as LiveHost;
  const session = { signal: new AbortController().signal, progress: () => undefined } as never;
  await expect(reboot(host, 1, session)).rejects.toMatchObject({
    message: 'did not come back within 1 s after its reboot',
    context: { class: 'timeout', found: 'no route to it' },
  });
  expect(close).toHaveBeenCalledOnce();
});
