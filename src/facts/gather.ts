import type { HostFacts } from '../model/facts.js';
import type { HostConnection } from '../model/host.js';
import { aptLock } from './subjects/apt-lock.js';
import { askSections, END, type Section } from './ask.js';
import { capacity } from './subjects/capacity.js';
import { clockOffset, clockScript, parseClock } from './subjects/clock-offset.js';
import { disks } from './subjects/disks.js';
import { kernel } from './subjects/kernel.js';
import { kubernetes } from './subjects/kubernetes.js';
import { machine } from './subjects/machine.js';
import { network } from './subjects/network.js';
import { os } from './subjects/os.js';
import { selinux } from './subjects/selinux.js';
import { services } from './subjects/services.js';
import { sockets } from './subjects/sockets.js';
import type { Subject } from './subject.js';
import { swap } from './subjects/swap.js';

const SUBJECTS: readonly Subject<unknown>[] = [
  os,
  machine,
  capacity,
  network,
  swap,
  selinux,
  services,
  kernel,
  sockets,
  disks,
  aptLock,
  kubernetes,
];
/** The probe takes some tenths of a second; a disk or a tool that hangs must not hold everything up. */
const TIMEOUT_SECONDS = 30;

/** Everything kinit needs to know of a host, in one round trip. Changes nothing there. */
export async function gatherFacts(connection: HostConnection): Promise<HostFacts> {
  const { host } = connection;
  const { answers, sent, received } = await askSections(connection, factSections(), {
    what: 'run the probe for facts',
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const ask = <Answer>(subject: Subject<Answer>): Answer => subject.parse(answers.get(subject.id) ?? '');
  const { kubeletActive, ...active } = ask(services);
  const aptLockHolder = ask(aptLock);
  return {
    host,
    os: ask(os),
    ...ask(machine),
    ...ask(capacity),
    ...ask(network),
    clockOffsetMs: clockOffset(
      { sent, received },
      { began: parseClock(answers.get('clock') ?? ''), ended: parseClock(answers.get(END) ?? '') },
    ),
    swap: ask(swap),
    selinux: ask(selinux),
    ...active,
    ...ask(kernel),
    listening: ask(sockets),
    disks: ask(disks),
    ...(aptLockHolder === undefined ? {} : { aptLockHolder }),
    kubernetes: { ...ask(kubernetes), kubeletActive },
  };
}

/** Every subject, between two looks at the host's clock. */
export function factSections(): readonly Section[] {
  return [
    ['clock', clockScript, {}],
    ...SUBJECTS.map(({ id, script, values = {} }): Section => [id, script, values]),
    [END, clockScript, {}],
  ];
}
