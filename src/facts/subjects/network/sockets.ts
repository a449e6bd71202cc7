import type { HostFacts } from '../../../model/facts.js';
import { lines, words } from '../../subject.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

type Socket = HostFacts['listening'][number];

/** Sockets that wait for others: from ss with the process, from /proc/net where ss is missing. */
export const sockets: Subject<HostFacts['listening']> = {
  id: 'sockets',
  script: shellScript('./sockets.sh', import.meta.url),
  limit: 1024 * 1024,
  parse: (output) => {
    const unique = new Map<string, Socket>();
    for (const row of lines(output).map(words)) {
      const socket = fromSs(row) ?? fromProc(row);
      if (socket !== undefined) unique.set(`${socket.protocol} ${socket.address} ${socket.port}`, socket);
    }
    return [...unique.values()];
  },
};

/** More than are there by chance between two looks of the process that takes them up. */
const LEFT = 3;

/** The socket at a TCP port where connections wait that nobody takes up: who listens there does not run on (it is stopped, or hangs). */
export function leftWaiting(
  { listening }: Pick<HostFacts, 'listening'>,
  port: number,
): (Socket & { readonly waiting: number }) | undefined {
  for (const socket of listening) {
    const { waiting: left = 0 } = socket;
    if (socket.protocol === 'tcp' && socket.port === port && left >= LEFT) return { ...socket, waiting: left };
  }
  return undefined;
}

/** 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=7,fd=3))' */
function fromSs(row: readonly string[]): Socket | undefined {
  const [protocol, state, queued, , local = ''] = row;
  if ((protocol !== 'tcp' && protocol !== 'udp') || (state !== 'LISTEN' && state !== 'UNCONN')) return undefined;
  const match = /^(.*):(\d+)$/.exec(local);
  if (match === null) return undefined;
  const bare = (match[1] ?? '').replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const user = /\(\("((?:[^"\\]|\\.)*)",pid=(\d+)/.exec(row.slice(6).join(' '));
  return {
    protocol,
    // '*' is one socket for both families.
    address: bare === '*' || bare === '' ? '::' : bare,
    port: Number(match[2]),
    ...(user?.[1] === undefined ? {} : { process: user[1], pid: Number(user[2]) }),
    ...waiting(protocol, Number(queued)),
  };
}

/** Of a socket that takes connections, what is in its queue are those (ss(8), proc_net_tcp). */
function waiting(protocol: Socket['protocol'], queued: number): Pick<Socket, 'waiting'> {
  return protocol === 'tcp' && queued > 0 ? { waiting: queued } : {};
}

/** 'tcp 0: 0100007F:0277 00000000:0000 0A 00000000:00000000 ...': addresses are hexadecimal 32-bit words in the host's (little-endian) order. */
function fromProc(row: readonly string[]): Socket | undefined {
  const [file = '', , local = '', , state, queues = ''] = row;
  const protocol = file.startsWith('udp') ? 'udp' : 'tcp';
  if (state !== (protocol === 'tcp' ? '0A' : '07')) return undefined;
  const [hex = '', port = ''] = local.split(':');
  const bytes = [...Buffer.from(hex, 'hex').swap32()];
  const address = file.endsWith('6') ? ipv6(bytes) : bytes.join('.');
  const queued = Number.parseInt(queues.split(':')[1] ?? '', 16);
  return { protocol, address, port: Number.parseInt(port, 16), ...waiting(protocol, queued) };
}

function ipv6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
