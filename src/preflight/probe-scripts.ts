import { sh, shellScript } from '../shell/script.js';

/** A port to listen on for the check. */
export interface ProbePort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** A connection to try. */
export interface ProbeTarget extends ProbePort {
  /** Its number in the answers. */
  readonly id: number;
  readonly address: string;
  /** The name that a listener of ours says there; '': what listens there is not ours. */
  readonly answers: string;
}

/** How long listeners of few hosts live when nobody stops them. */
export const LISTEN_SECONDS = 60;

/** How long one answer may take. */
export const ANSWER_SECONDS = 3;

const listen = shellScript('./probe/listen.sh', import.meta.url);
const connect = shellScript('./probe/connect.sh', import.meta.url);
const connectProgram = shellScript('./probe/connect.bash', import.meta.url);
const stop = shellScript('./probe/stop.sh', import.meta.url);

/**
 * sh text that puts listeners up in the background, which say `name` to who connects. They end with the shell that ran this,
 * or after `seconds`. Prints a line 'PROTOCOL PORT up|taken|MESSAGE' per port; or 'no-systemd'.
 */
export function listenScript(
  token: string,
  { name, seconds }: { readonly name: string; readonly seconds: number },
  ports: readonly ProbePort[],
): string {
  return sh(listen, {
    args: ports.map(({ protocol, port }) => `${protocol}/${port}`),
    env: { TOKEN: token, NAME: name, BOUND: String(seconds), END: stopScript(token) },
  });
}

/**
 * sh text that tries every target at once and waits for the datagrams of others. Prints a line
 * 'ID reached|elsewhere WHO|silent|timeout|refused|unreachable|unknown' per TCP target and 'heard ID' per datagram; or 'no-bash'.
 */
export function connectScript(
  token: string,
  { targets, awaited }: { readonly targets: readonly ProbeTarget[]; readonly awaited: number },
): string {
  const words = targets.map(
    ({ protocol, id, address, port, answers }) => `${protocol}/${id}/${address}/${port}/${answers}`,
  );
  return sh(connect, { args: [connectProgram.text, token, String(ANSWER_SECONDS), String(awaited), ...words] });
}

/** sh text that ends listeners and senders. Prints 'heard ID' per datagram, 'ID WHY' for each that could not be sent. */
export function stopScript(token: string): string {
  return sh(stop, { env: { TOKEN: token } });
}
