import { setTimeout as sleep } from 'node:timers/promises';
import { asKinitError, KinitError } from '../../model/error.js';
import { sh, shellScript } from '../../shell/script.js';
import { stoppedOnRequest } from '../run/stopped.js';
import { connectTo, type LiveHost, type SessionOptions } from '../session/session.js';

const REBOOT = shellScript('./reboot.sh', import.meta.url);
const RUNNING = shellScript('./running.sh', import.meta.url);

/** Seconds between two tries to reach a host that reboots. */
const PAUSE = 2;
/** A host that is just going down may still take a connection, and never answer it. */
const TRY_SECONDS = 20;
/** Seconds between two words that it is still waited for. */
const TELL = 30;

/** A host after its reboot. */
export interface Rebooted {
  /** The new connection, claimed by this run. */
  readonly connection: LiveHost['connection'];
  readonly kernel: string;
  readonly bootId: string;
}

/**
 * Reboots one host and waits until it answers from another boot, at most `seconds`. Its connection is closed.
 * Throws 'timeout' where it does not come back, and 'change' where it cannot be told to reboot.
 */
export async function reboot(
  host: LiveHost,
  seconds: number,
  { progress, ...session }: SessionOptions & { readonly progress: (text: string) => void },
): Promise<Rebooted> {
  const { code, stderr } = await host.connection.run(sh(REBOOT));
  if (code !== 0)
    throw new KinitError('the host could not be told to reboot', { class: 'change', found: stderr.trim() });
  await host.connection.close();
  progress(`reboots, at most ${String(seconds)} s`);
  const begun = performance.now();
  let told = begun;
  let last = '';
  for (;;) {
    if (session.signal.aborted) throw stoppedOnRequest();
    const now = performance.now();
    if (now - begun > seconds * 1000) throw neverCameBack(seconds, last);
    if (now - told > TELL * 1000) {
      progress(`not back after ${String(Math.round((now - begun) / 1000))} s${last === '' ? '' : `: ${last}`}`);
      told = now;
    }
    await sleep(PAUSE * 1000);
    const seen = await look(host, session).catch((thrown: unknown) => {
      last = asKinitError(thrown).message;
      return undefined;
    });
    if (seen !== undefined) {
      await seen.connection.claim(progress);
      return seen;
    }
  }
}

/** undefined while it still runs in the boot it had. */
async function look({ spec, facts }: LiveHost, session: SessionOptions): Promise<Rebooted | undefined> {
  const connection = await connectTo(spec, session);
  try {
    const { stdout } = await connection.run(sh(RUNNING), { timeoutSeconds: TRY_SECONDS });
    const [bootId = '', kernel = ''] = stdout.trim().split('\n');
    if (kernel !== '' && bootId !== facts.bootId) return { connection, kernel, bootId };
  } catch (thrown) {
    await connection.close().catch(() => undefined);
    throw thrown;
  }
  await connection.close();
  return undefined;
}

function neverCameBack(seconds: number, last: string): KinitError {
  return new KinitError(`did not come back within ${String(seconds)} s after its reboot`, {
    class: 'timeout',
    unreachable: 'host',
    tried: 'systemctl reboot, then a connection every few seconds',
    found: last === '' ? 'it still answers from the boot it had' : last,
    hint: 'Look at its console. Once it answers, run the same command again: it goes on from there. waits.rebootSeconds in the inventory sets the bound.',
  });
}
