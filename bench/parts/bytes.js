import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BYTES_PER_SECOND, DELAY_MS, throughRelay, wayTo } from '../lib/far.js';
import { eventsOf, kinit, program } from '../lib/kinit.js';
import { connectTo, onHost, withLab } from '../lib/lab.js';

const PUSH = fileURLToPath(new URL('../lib/push.sh', import.meta.url));
/** The lab's bare hosts have nothing of their own there. What is still to be written to the disk must not slow down the next. */
const EMPTY = 'rm -rf /usr/local/bin/* /opt/cni /var/lib/kinit && sync';
/** A line of 80 Mbit/s. */
const SLOW = { delayMs: 5, bytesPerSecond: 10_000_000 };
const WAYS = {
  direct: { title: 'one machine' },
  far: { title: `${DELAY_MS * 2} ms, ${BYTES_PER_SECOND / 1e9} GB/s` },
  // A round takes most of a minute, and the line is what is waited for.
  slow: { title: `${SLOW.delayMs * 2} ms, ${SLOW.bytesPerSecond / 1e6} MB/s`, mostRounds: 2 },
};

/** How fast files get onto a host. */
export const bytes = {
  id: 'bytes',
  title: 'Bytes to a host',
  about: `The programs of a control-plane host (the phase \`binaries\`, by the run's own events: sending, checking sha256, writing through to the disk, noting
for reset, putting in place) against \`cat FILE | ssh HOST 'cat > FILE'\` of the very same files, one after the other over a connection that is
open already. Both in turns onto one host of a lab. The second way leads through a TCP relay, in the process that measures, which is ${DELAY_MS} ms late in each
direction and lets 1 GB/s pass; the third through one for a slow line. The kernel these figures were first wanted on has no netem; a relay shows what a longer way does to SSH's
windows and to questions and answers, and not what it does to TCP.`,
  figures: Object.entries(WAYS).flatMap(([id, { title }]) => [
    { id, title: `kinit's rate / cat and ssh, ${title}`, unit: 'times', goal: 0.85, atLeast: true },
    { id: `${id}-kinit`, title: `kinit, ${title}`, unit: 'MB/s' },
    { id: `${id}-ssh`, title: `cat and ssh, ${title}`, unit: 'MB/s' },
  ]),
  missed: {
    direct:
      'Sending takes as long as ssh does (1.5 s of 1.9 here, sshd at its limit). The rest is what cat does not do: noting for reset what was there (0.2 s), sync of each file, one question to put them in place and one that makes links. Next idea: to note while the first files come.',
  },
  async run({ rounds, atMost, say, measured, command }) {
    const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
    try {
      await withLab({ name: 'bench-bytes', hosts: 1 }, (lab) =>
        throughRelays(lab, async (ports) => {
          const [host] = lab.hosts;
          const connection = await connectTo(lab, host);
          try {
            const ways = Object.fromEntries(
              Object.keys(WAYS).map((id) => [id, wayTo(lab, join(folder, id), ports[id])]),
            );
            command('kinit init -i INVENTORY --only binaries');
            command("for FILE; do cat FILE | ssh HOST 'cat > FILE'; done");
            say('the files, from a host that has got them');
            const { paths } = await pushed(ways.direct.inventory);
            const files = fetched(ways.direct.config, host.name, paths, join(folder, 'files'));
            const total = files.reduce((sum, file) => sum + statSync(file).size, 0);
            for (let round = 1; round <= rounds; round += 1)
              for (const [id, way] of Object.entries(ways)) {
                if (round > atMost(WAYS[id].mostRounds ?? rounds)) continue;
                const deeds = {
                  kinit: async () => (await pushed(way.inventory)).seconds,
                  ssh: () => sent(way.config, host.name, files),
                };
                const seconds = {};
                // Who is first has an emptier machine, or a colder one.
                for (const name of round % 2 === 1 ? ['kinit', 'ssh'] : ['ssh', 'kinit']) {
                  await onHost(connection, EMPTY);
                  seconds[name] = await deeds[name]();
                  await checkAll(connection, total);
                  measured(`${id}-${name}`, total / seconds[name] / 1e6);
                }
                measured(id, seconds.ssh / seconds.kinit);
                say(
                  `round ${round} of ${rounds}, ${WAYS[id].title}: ${Math.round(total / 1e6)} MB, kinit ${seconds.kinit.toFixed(2)} s, ssh ${seconds.ssh.toFixed(2)} s`,
                );
              }
          } finally {
            await connection.close();
          }
        }),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    // It says it on standard error.
    return { versions: { ssh: spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr.trim() } };
  },
};

/** The ports of a relay for each way that has one. */
function throughRelays(lab, work) {
  return throughRelay(lab, (far) => throughRelay(lab, (slow) => work({ far: far.port, slow: slow.port }), SLOW));
}

/** Seconds of the phase, and where it put programs. */
async function pushed(inventory) {
  const events = eventsOf(await kinit(['init', '-i', inventory, '--only', 'binaries', '--output', 'json']));
  const paths = events
    .filter(({ type }) => type === 'change-applied')
    .map(({ change }) => /^binary:(.*)$/.exec(change.resource)?.[1])
    .filter(Boolean);
  const { seconds } = events.find(({ type, phase }) => type === 'phase-finished' && phase === 'binaries') ?? {};
  if (seconds === undefined || paths.length === 0) throw new Error('the run sent no programs');
  return { seconds, paths };
}

/** Copies of a host's files here: the same bytes, whatever a program of kinit's is called where it is kept. */
function fetched(config, host, paths, folder) {
  mkdirSync(folder);
  return paths.map((path) => {
    const file = join(folder, basename(path));
    const out = openSync(file, 'wx');
    try {
      const { status } = spawnSync('ssh', ['-F', config, '-o', 'ControlPath=none', host, `cat '${path}'`], {
        stdio: ['ignore', out, 'ignore'],
        timeout: 300_000,
      });
      if (status !== 0) throw new Error(`${path} could not be fetched from ${host}: ssh ended with ${status}`);
    } finally {
      closeSync(out);
    }
    return file;
  });
}

async function sent(config, host, files) {
  return overMaster(config, host, async () => {
    const { ms } = await program('timeout', ['900', 'sh', PUSH, config, host, '/usr/local/bin', ...files]);
    return ms / 1000;
  });
}

/** One connection, open before the clock starts. Its process is ours, so that it ends with us. */
async function overMaster(config, host, work) {
  const master = spawn('ssh', ['-F', config, '-M', '-N', '-o', 'ControlPersist=no', host], { stdio: 'ignore' });
  const ended = once(master, 'exit');
  try {
    const end = Date.now() + 30_000;
    while (spawnSync('ssh', ['-F', config, '-O', 'check', host], { stdio: 'ignore', timeout: 10_000 }).status !== 0) {
      if (Date.now() > end || master.exitCode !== null) throw new Error(`ssh did not connect to ${host}`);
      await sleep(50);
    }
    return await work();
  } finally {
    master.kill();
    await ended;
  }
}

/** All bytes are there, whoever brought them: a run that left some out would be fast. */
async function checkAll(connection, total) {
  const found = Number(
    await onHost(
      connection,
      'find /usr/local/bin /opt/cni -type f -exec stat -c %s {} + 2>/dev/null | awk \'{ s += $1 } END { printf "%d", s }\'',
    ),
  );
  if (found !== total) throw new Error(`${connection.host} has ${found} bytes of programs, not ${total}`);
}
