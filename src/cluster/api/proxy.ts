import { randomBytes } from 'node:crypto';
import { type Duplex, PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { KinitError } from '../../model/error.js';
import type { CommandResult, HostConnection } from '../../model/host.js';
import { lastLines } from '../../model/text/last-lines.js';
import { sh, shellScript } from '../../shell/script.js';
import { UnusableKubeconfig } from './errors.js';

const PROXY = shellScript('./proxy.sh', import.meta.url);
/** What proxy.sh says and ends with. */
const LISTENS = 'listens';
const NO_KUBECTL = 2;
/** Between two signs of life, and without one before the proxy ends by itself. */
const BEAT_SECONDS = 15;
const SILENT_SECONDS = 60;
const AT_MOST_SECONDS = 24 * 3600;
/** What an ended proxy said may come a moment after its socket is gone. */
const LAST_WORDS_MS = 1000;

export interface ApiProxy {
  /** A stream that speaks plain HTTP to the API, as whom the kubeconfig names. */
  readonly connect: () => Promise<Duplex>;
  readonly close: () => void;
}

export interface ProxyOptions {
  /** Path of a kubeconfig on the host. It is used there, and not read from here. */
  readonly kubeconfig: string;
  /** https://address:port, as the host reaches it. */
  readonly server: string;
  /** Where the socket's folder is made. Default /run. */
  readonly under?: string;
}

/**
 * The API through `kubectl proxy` on a host, on a socket that root and the user that logged in can open, and nobody else: so a
 * cluster is looked at without its administrator's key leaving the host. It ends, and nothing of it is left, when it is closed,
 * when the connection is cut, and when this kinit is gone without a word.
 * Throws KinitError 'access' where there is no kubectl, or none that works.
 */
export async function startProxy(connection: HostConnection, options: ProxyOptions): Promise<ApiProxy> {
  const folder = `${options.under ?? '/run'}/kinit-api-${randomBytes(8).toString('hex')}`;
  const beats = new PassThrough();
  const timer = setInterval(() => beats.write('.'), BEAT_SECONDS * 1000);
  timer.unref();
  const script = sh(PROXY, { args: [options.kubeconfig, options.server, folder, String(SILENT_SECONDS)] });
  let ended: Promise<never> | undefined;
  await new Promise<void>((listens, failed) => {
    ended = connection
      .pipe(script, beats, { timeoutSeconds: AT_MOST_SECONDS, onLine: (line) => line === LISTENS && listens() })
      .finally(() => clearInterval(timer))
      .then((result) => Promise.reject(noProxy(connection.host, options, result)));
    ended.catch(failed);
  });
  return {
    connect: async () => {
      try {
        return await connection.connectSocket(`${folder}/api`);
      } catch (thrown) {
        // Where it has ended, why it did is the reason.
        await Promise.race([ended, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
        throw thrown;
      }
    },
    close: () => {
      clearInterval(timer);
      beats.end();
    },
  };
}

function noProxy(
  host: string,
  { kubeconfig, server }: ProxyOptions,
  { code, stdout, stderr }: CommandResult,
): KinitError {
  const said = lastLines(stderr, 5) || lastLines(stdout.replace(`${LISTENS}\n`, ''), 5);
  return new KinitError(`the API cannot be asked through ${host}`, {
    class: 'access',
    host,
    tried: `kubectl --kubeconfig=${kubeconfig} --server=${server} proxy, on a socket`,
    found: said || `it ended and said nothing (exit code ${String(code)})`,
    hint:
      code === NO_KUBECTL
        ? `Looking at a cluster takes kubectl on its control-plane hosts, so that no key leaves them. Install it on ${host}, in /usr/local/bin or /usr/bin.`
        : `Looking at a cluster goes through kubectl on its control-plane hosts, so that no key leaves them. Try on ${host}: kubectl --kubeconfig=${kubeconfig} get nodes`,
    ...(code === NO_KUBECTL ? {} : { cause: new UnusableKubeconfig(said) }),
  });
}
