import { KinitError } from '../model/error.js';
import { defined } from '../model/defined.js';
import { oncePer } from '../model/once.js';
import type { HostFacts } from '../model/facts.js';
import type { HostConnection } from '../model/host.js';
import { boundedAnswer, shortened } from './bounds.js';
import { askSections, END, type Section } from './ask.js';
import { capacity } from './subjects/hardware/capacity.js';
import { clockOffset, clockScript, parseClock } from './subjects/system/clock-offset.js';
import { disksWith } from './subjects/hardware/disks.js';
import { kernel } from './subjects/system/kernel.js';
import { kubeletFlags } from './subjects/kubelet/flags.js';
import { kubernetes } from './subjects/kubernetes.js';
import { machine } from './subjects/hardware/machine.js';
import { network } from './subjects/network/network.js';
import { os } from './subjects/system/os.js';
import { packageCandidates } from './subjects/system/package-candidates.js';
import { packageLock } from './subjects/system/package-lock.js';
import { proxiesOf } from './subjects/proxies/proxies.js';
import { appArmor } from './subjects/system/app-armor.js';
import { cryptoPolicy } from './subjects/system/crypto-policy.js';
import { selinux } from './subjects/system/selinux.js';
import { services } from './subjects/system/services.js';
import type { PastLook } from '../model/past.js';
import { past } from './subjects/past.js';
import { sockets } from './subjects/network/sockets.js';
import type { ShellScript } from '../shell/script.js';
import type { Subject } from './subject.js';
import { swap } from './subjects/system/swap.js';

/** What only the rooms above know to ask. */
export interface OwnQuestions {
  /** Scripts that say who holds a package manager's lock, one for each family of operating systems. */
  readonly packageLocks: readonly ShellScript[];
  /** Packages whose versions matter before anything is installed, and scripts that say them, one for each family. */
  readonly packageCandidates: { readonly scripts: readonly ShellScript[]; readonly names: readonly string[] };
  /** Services of a cluster: which proxies they take. */
  readonly units: readonly string[];
  /** Folders beside the usual ones that need room. */
  readonly folders: readonly string[];
  /** What the table of leftovers looks for. */
  readonly past: readonly PastLook[];
}

const SUBJECTS: readonly Subject<unknown>[] = [
  os,
  machine,
  capacity,
  network,
  swap,
  selinux,
  appArmor,
  cryptoPolicy,
  services,
  kernel,
  sockets,
  kubernetes,
  kubeletFlags,
];
/**
 * A disk or a tool that hangs must not hold everything up. The probe takes some tenths of a second, but more than 30 s where a
 * busy machine emulates the whole host.
 */
const TIMEOUT_SECONDS = 90;

/**
 * Everything kinit needs to know of a host, in one round trip. Changes nothing there. What could not be looked at is an
 * error with the reason, never taken for absent; where `incomplete` facts will do, they name it.
 */
export async function gatherFacts(
  connection: HostConnection,
  own: OwnQuestions,
  incomplete = false,
): Promise<HostFacts> {
  const { host } = connection;
  const { answers, unseen, sent, received } = await askSections(connection, factSections(own), {
    what: 'run the probe for facts',
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const bounded = (subject: Subject<unknown>): string => boundedAnswer(host, subject, answers.get(subject.id) ?? '');
  // What talks into the answers talks into the exit codes, too.
  subjectsOf(own).forEach(bounded);
  const [first] = unseen;
  if (first !== undefined && !incomplete) throw couldNotLook(host, first[0], first[1].reason);
  const ask = <Answer>(subject: Subject<Answer>): Answer => shortened(subject.parse(bounded(subject)));
  // Texts of files: their length is the subject's to know.
  const askWhole = <Answer>(subject: Subject<Answer>): Answer => subject.parse(bounded(subject));
  const { kubeletActive, ...active } = ask(services);
  const { proxies, disks, locks, candidates, before } = ownSubjects(own);
  const packageLockHolder = locks.flatMap((subject) => ask(subject) ?? [])[0];
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
    ...defined({ appArmor: ask(appArmor), cryptoPolicy: ask(cryptoPolicy) }),
    ...active,
    ...ask(kernel),
    listening: ask(sockets),
    proxies: askWhole(proxies),
    disks: ask(disks),
    ...defined({ packageLockHolder }),
    ...(candidates.length === 0
      ? {}
      : { packageCandidates: Object.assign({}, ...candidates.map(ask)) as Record<string, string> }),
    past: askWhole(before),
    kubernetes: { ...askWhole(kubernetes), ...ask(kubeletFlags), kubeletActive },
    ...(unseen.size === 0 ? {} : { unseen: [...unseen].map(([id, { reason }]) => `${id}: ${reason}`) }),
  };
}

function couldNotLook(host: string, id: string, reason: string): KinitError {
  return new KinitError(`could not look at ${id} on ${host}`, {
    class: 'access',
    host,
    tried: 'asking the host for facts, which changes nothing',
    found: reason,
    hint: 'Mend that on the host, then run the same command again: what cannot be seen is not taken for absent.',
  });
}

/** Every subject, between two looks at the host's clock. */
export function factSections(own: OwnQuestions): readonly Section[] {
  return [
    ['clock', clockScript, {}],
    ...subjectsOf(own).map(({ id, script, values = {} }): Section => [id, script, values]),
    [END, clockScript, {}],
  ];
}

function subjectsOf(own: OwnQuestions): readonly Subject<unknown>[] {
  const { proxies, disks, locks, candidates, before } = ownSubjects(own);
  return [...SUBJECTS, proxies, disks, ...locks, ...candidates, before];
}

/** The same questions go to every host. */
const ownSubjects = oncePer(
  ({ units, folders, packageLocks, packageCandidates: { scripts, names }, ...own }: OwnQuestions) => ({
    proxies: proxiesOf(units),
    disks: disksWith(folders),
    locks: packageLocks.map((script, index) => packageLock(index, script)),
    candidates: names.length === 0 ? [] : scripts.map((script, index) => packageCandidates(index, script, names)),
    before: past(own.past),
  }),
);
