import { packageMirrorOf } from '../../artifacts/mirror.js';
import type { ChangeSummary } from '../../model/change.js';
import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { fetchingEnvironment } from '../../model/seams/proxies.js';
import type { LoadedInventory } from '../../model/spec.js';
import { kernelWish, osOf, waitForLock, type BootLoader } from '../../os/index.js';
import { sh, shellScript, type ShellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';
import { parseList } from '../../shell/output.js';
import { accessThrough } from '../api/access.js';
import { isInterrupted } from '../run/stopped.js';
import type { LiveHost } from '../session/session.js';
import { comeBack, leaveForReboot, tellLeft } from './node.js';
import { reboot, type Rebooted } from './reboot.js';

const NOTE = shellScript('./note.sh', import.meta.url);
/** Read by facts (facts/subjects/hardware/machine.sh). */
const NOTE_FILE = `${STATE_DIR}/kernel-move`;
/** Longest silence of an installation, in seconds: of what refreshes lists. It tells that it goes on. */
const SILENCE = 1500;

interface HostMove {
  readonly inventory: LoadedInventory;
  readonly acceptNewHostKeys: boolean;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly changed: (change: ChangeSummary) => void;
}

/** A host as it runs now: perhaps after a reboot. */
type Running = Omit<Rebooted, 'connection'> & { readonly connection: HostConnection };

/**
 * Brings one host its kernel. What boots stays what it was until the new kernel has been seen to run: it is tried for one boot. Killed
 * anywhere, the next run goes on: what is about to be booted stands on the host before anything is emptied or rebooted.
 * Throws 'change' where the host runs its former kernel again.
 */
export async function moveHost(host: LiveHost, all: readonly LiveHost[], options: HostMove): Promise<void> {
  const { facts, connection } = host;
  const { bootLoader } = osOf(facts).kernels;
  const before: Running = { connection, kernel: facts.kernel, bootId: facts.bootId };
  const noted = facts.kernelMove;
  if (noted !== undefined && noted.bootId !== facts.bootId)
    return telling(host, false, all, options, () => conclude(host, noted.release, before, all, bootLoader, options));
  const wish = kernelWish(options.inventory.spec, facts);
  // The inventory does not want it any more: nothing was booted yet.
  if (wish === undefined || !('upgrade' in wish.way))
    return conclude(host, facts.kernel, before, all, bootLoader, options);

  const { spec } = options.inventory;
  await waitForLock(osOf(facts).packages, spec.waits.packageLockSeconds, { ...options, host: connection });
  await step(connection, bootLoader.hold, [], 'the boot loader could not be told to keep the kernel that runs');
  const { upgrade, options: wanted } = wish.way;
  options.progress(`installing ${upgrade.brings(wanted)}`);
  const from = { versionId: facts.os.versionId, arch: facts.arch, mirror: packageMirrorOf(spec) };
  const release = await install(connection, upgrade.install(wanted, fetchingEnvironment(spec), from), options);
  if (release === facts.kernel) return conclude(host, release, before, all, bootLoader, options);
  options.changed(changeOf(`install kernel ${release}`, `wanted: ${wish.wanted}`));

  await connection.run(sh(NOTE, { args: [NOTE_FILE, release, facts.bootId] }));
  const drained = await leave(host, all, options);
  await telling(host, drained, all, options, () => boot(host, release, all, options));
}

/** A node that does not come back as it shall keeps its cordon, and that is said. */
async function telling(
  host: LiveHost,
  drained: boolean,
  all: readonly LiveHost[],
  options: HostMove,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    if (!isInterrupted(thrown)) await tellLeft(host, drained, nodeOptions(host, host.connection, all, options));
    throw thrown;
  }
}

/** A node that does not get empty is not rebooted: nothing of what boots was changed, and nothing is about to be booted. */
async function leave(host: LiveHost, all: readonly LiveHost[], options: HostMove): Promise<boolean> {
  const { connection } = host;
  try {
    return await leaveForReboot(host, nodeOptions(host, connection, all, options));
  } catch (thrown) {
    await connection.run(sh(NOTE, { args: [NOTE_FILE] })).catch(() => undefined);
    throw thrown;
  }
}

async function boot(host: LiveHost, release: string, all: readonly LiveHost[], options: HostMove): Promise<void> {
  const { connection, facts } = host;
  const { bootLoader } = osOf(facts).kernels;
  await step(connection, bootLoader.once, [release], `kernel ${release} could not be chosen for the next boot`);
  const now = await reboot(host, options.inventory.spec.waits.rebootSeconds, options);
  try {
    await conclude(host, release, now, all, bootLoader, options);
  } finally {
    await now.connection.close();
  }
}

/** Once a host runs what it shall, or what it ran before. */
async function conclude(
  host: LiveHost,
  release: string,
  now: Running,
  all: readonly LiveHost[],
  bootLoader: BootLoader,
  options: HostMove,
): Promise<void> {
  const came = now.kernel === release;
  if (came) {
    await step(now.connection, bootLoader.keep, [release], `kernel ${release} runs, and could not be made the default`);
    if (now.bootId !== host.facts.bootId || host.facts.kernelMove !== undefined)
      options.changed(changeOf(`boot kernel ${release}`, 'it was seen to run, and is the default now'));
  }
  await comeBack(host, now, nodeOptions(host, now.connection, all, options));
  await now.connection.run(sh(NOTE, { args: [NOTE_FILE] }));
  if (!came) throw fellBack(release, now.kernel);
}

function fellBack(release: string, running: string): KinitError {
  return new KinitError(`kernel ${release} did not come up: the host runs ${running} again`, {
    class: 'change',
    tried: `booted ${release} once; what boots by default was not changed`,
    found: `after the reboot uname -r says ${running}`,
    hint: `Its console or journalctl -b -1 may tell why. Name another kernel in the inventory (kernel.package), or set kernel.upgrade: none; the same command tries ${release} again.`,
  });
}

/** Installs; tells what it says as it goes on. Gives the release. */
async function install(connection: HostConnection, text: string, { progress }: HostMove): Promise<string> {
  const { code, stdout, stderr } = await connection.run(text, {
    silenceSeconds: SILENCE,
    change: 'install a kernel',
    onLine: (line) => (line.startsWith('release=') ? undefined : progress(line)),
  });
  const release = parseList(stdout, 'release').at(-1);
  if (code === 0 && release !== undefined) return release;
  throw new KinitError('the kernel could not be installed', {
    class: 'change',
    found: stderr.trim() || `exit code ${String(code)}`,
    hint: 'Nothing of what boots was changed. Mend this, then run the same command again.',
  });
}

async function step(
  connection: HostConnection,
  script: ShellScript,
  args: readonly string[],
  failure: string,
): Promise<void> {
  const { code, stderr } = await connection.run(sh(script, { args }), {
    timeoutSeconds: 600,
    change: 'choose what boots',
  });
  if (code !== 0)
    throw new KinitError(failure, { class: 'change', found: stderr.trim() || `exit code ${String(code)}` });
}

/** The API through another control plane, else through the host itself, by the connection it has now. */
function nodeOptions(host: LiveHost, connection: HostConnection, all: readonly LiveHost[], options: HostMove) {
  const others = all.filter(({ spec }) => spec.name !== host.spec.name);
  const access = accessThrough([...others, { ...host, connection }], { ...options, mayReadKeys: true });
  return { access, progress: options.progress, warn: options.warn, signal: options.signal };
}

function changeOf(summary: string, reason: string): ChangeSummary {
  return { resource: 'kernel', action: 'run', summary, reason };
}
