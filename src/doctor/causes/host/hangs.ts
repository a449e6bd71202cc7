import { leftWaiting } from '../../../facts/index.js';
import { isOwner, neededPorts } from '../../../preflight/ports.js';
import type { Cause } from '../../cause.js';
import { controlPlanePortsOn } from '../../read/form.js';
import { unit } from '../../read/units.js';

export const hangs: Cause = {
  name: 'hangs',
  title: 'A component listens, and takes up no connections',
  symptom: 'net/http: TLS handshake timeout; context deadline exceeded; what asks it waits, and other members answer',
  sign: 'Connections wait at its port that it has not taken up (`ss -lnt`, Recv-Q of the line with its port): it is stopped, or hangs. Runs of kinit go through another control plane meanwhile.',
  remedy:
    '`ps -o stat= -p PID`: with `T` somebody stopped it, and `kill -CONT PID` lets it go on. Else `kill -9 PID`, or `systemctl restart` of its service: the kubelet or systemd starts it again. Where the disk or the memory keeps it, that is another finding.',
  rank: 51.5,
  find: ({ hosts, apiPort }) =>
    hosts.flatMap((host) =>
      neededPorts(controlPlanePortsOn(host, apiPort)).flatMap(({ port, owner }) => {
        const socket = leftWaiting(host.facts, port);
        // One whose process is not known is a matter of what else is found.
        if (socket?.pid === undefined || !isOwner(socket.process, owner)) return [];
        const pid = String(socket.pid);
        const name = unit(host, owner)?.name;
        const anew =
          name === undefined ? `kill -9 ${pid}, and the kubelet starts it again` : `systemctl restart ${name}`;
        return [
          {
            host: host.host,
            found: `${owner} (pid ${pid}) takes up no connections: ${String(socket.waiting)} wait at port ${String(port)}`,
            next: `on ${host.host}: where ps -o stat= -p ${pid} says T, somebody stopped it: kill -CONT ${pid}; else ${anew}`,
          },
        ];
      }),
    ),
};
