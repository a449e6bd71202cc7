import { randomBytes } from 'node:crypto';
import { KinitError } from '../model/error.js';
import type { HostFacts } from '../model/facts.js';
import type { HostConnection } from '../model/host.js';
import { aptLock } from './aptLock.js';
import { capacity } from './capacity.js';
import { CLOCK_SCRIPT, clockOffset, parseClock } from './clock.js';
import { disks } from './disks.js';
import { kernel } from './kernel.js';
import { kubernetes } from './kubernetes.js';
import { machine } from './machine.js';
import { network } from './network.js';
import { os } from './os.js';
import { selinux } from './selinux.js';
import { services } from './services.js';
import { sockets } from './sockets.js';
import type { Subject } from './subject.js';
import { swap } from './swap.js';

const SUBJECTS: readonly Subject<unknown>[] = [os, machine, capacity, network, swap, selinux, services, kernel, sockets, disks, aptLock, kubernetes];
/** The probe takes some tenths of a second; a disk or a tool that hangs must not hold everything up. */
const TIMEOUT_SECONDS = 30;

/** Everything kinit needs to know of a host, in one round trip. Changes nothing there. */
export async function gatherFacts(connection: HostConnection): Promise<HostFacts> {
  const { host } = connection;
  const nonce = randomBytes(16).toString('hex');
  const sent = Date.now();
  const result = await connection.run(probeScript(nonce), { timeoutSeconds: TIMEOUT_SECONDS });
  const received = Date.now();
  const answers = splitAnswers(nonce, result.stdout);
  if (!answers.has('end')) {
    const found = result.stderr.trim().split('\n').slice(-5).join('\n') || `it stopped early, with exit code ${result.code}`;
    throw new KinitError(`what is on ${host} could not be found out`, { class: 'access', host, tried: 'run the probe for facts', found });
  }
  const ask = <Answer>(subject: Subject<Answer>): Answer => subject.parse(answers.get(subject.id) ?? '');
  const { kubeletActive, ...active } = ask(services);
  const aptLockHolder = ask(aptLock);
  return {
    host,
    os: ask(os),
    ...ask(machine),
    ...ask(capacity),
    ...ask(network),
    clockOffsetMs: clockOffset({ sent, received }, { began: parseClock(answers.get('clock') ?? ''), ended: parseClock(answers.get('end') ?? '') }),
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

/** All subjects in one script, each after a line with a nonce and its name, so that no answer can pass for another. */
export function probeScript(nonce: string): string {
  const sections: readonly (readonly [string, string])[] = [['clock', CLOCK_SCRIPT], ...SUBJECTS.map(({ id, script }) => [id, script] as const), ['end', CLOCK_SCRIPT]];
  return sections.map(([id, script]) => `printf '\\n=%s %s\\n' ${nonce} ${id}\n(\n${script}\n) 2>/dev/null`).join('\n');
}

/** Answers by subject; the line break before a separator belongs to the separator. */
export function splitAnswers(nonce: string, output: string): Map<string, string> {
  const parts = `\n${output}`.split(`\n=${nonce} `).slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1)] as const;
    }),
  );
}
