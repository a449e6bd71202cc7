import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { ansibleHere } from '../ansible/here.js';
import { eventsOf, kinit, program } from '../lib/kinit.js';
import { connectTo, onHost, withLab } from '../lib/lab.js';
import { pyinfraHere } from '../pyinfra/here.js';
import { deploy } from '../pyinfra/deploy.js';
import { HOST_PHASES } from './hosts.js';

const PLAYBOOK = fileURLToPath(new URL('../ansible/prepare.yml', import.meta.url));
const LAB = { name: 'bench-ansible', hosts: 3 };
/** What Ansible wants on a host, and the lists that packages are found by: on all hosts, before any clock starts. */
const READY =
  'export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq install -y --no-install-recommends python3 python3-apt >/dev/null && sync';

/** Host preparation beside Ansible. */
export const ansible = {
  id: 'ansible',
  title: 'Beside Ansible',
  about: `Three bare hosts of a lab are prepared (kinit's phases \`${HOST_PHASES}\`): by kinit, and by [a
playbook](../bench/ansible/prepare.yml) that does the same the way kubespray does it; first cold, then again with nothing to change. Each cold run has hosts
that were made for it, with Python and the lists of packages there already and the packages themselves in apt's cache. Ansible has its best
settings: pipelining, kept connections, facts of its choice, as many forks as hosts, a short poll interval, and mitogen where it installs and works; the
plain one is shown beside it. [pyinfra](../bench/pyinfra/prepare.py), which needs no Python on hosts, does the same with its own operations. kinit keeps on each host what undoes all of it, which neither of them does.`,
  figures: [
    { id: 'cold', title: 'cold: Ansible / kinit', unit: 'times', goal: 5, atLeast: true },
    { id: 'same', title: 'nothing to change: Ansible / kinit', unit: 'times', goal: 20, atLeast: true },
    { id: 'cold-pyinfra-ratio', title: 'cold: pyinfra / kinit', unit: 'times', goal: 5, atLeast: true },
    { id: 'same-pyinfra-ratio', title: 'nothing to change: pyinfra / kinit', unit: 'times', goal: 20, atLeast: true },
    { id: 'cold-kinit', title: 'cold, kinit', unit: 's' },
    { id: 'cold-ansible', title: 'cold, Ansible', unit: 's' },
    { id: 'cold-pyinfra', title: 'cold, pyinfra', unit: 's' },
    { id: 'same-kinit', title: 'nothing to change, kinit', unit: 's' },
    { id: 'same-ansible', title: 'nothing to change, Ansible', unit: 's' },
    { id: 'same-pyinfra', title: 'nothing to change, pyinfra', unit: 's' },
    { id: 'same-plain', title: 'nothing to change, Ansible without mitogen', unit: 's' },
  ],
  missed: {
    cold: "apt-get alone, on the three hosts at once, takes 2.1 s, more than a fifth of what Ansible takes for all. Of kinit's 5.7 s 1.1 pass until it begins (its start, connections, facts, a look), 0.3 at the end, and 4.0 with packages: apt-get runs twice, once to foresee what a reset has to take away again (0.6 s on each host, and two processors for three hosts), and systemd lists all units before it, likewise (0.35 s). pyinfra notes nothing. Next idea: what comes with packages noted by a hook of the one apt-get that installs them.",
    'cold-pyinfra-ratio':
      "pyinfra notes nothing of what was there; kinit's apt-get runs twice for that, and systemd lists its units (above). Next idea: as above.",
    'same-pyinfra-ratio':
      'pyinfra takes 1.9 s: a twentieth of that is less than Node takes to start (`kinit --help`). Next idea: less code to load.',
    same: 'Of 1.3 s kinit itself has 0.7 s (see its plan of hosts that answer at once); the rest are the scripts of three hosts, on the same two processors. Next idea: less code to load.',
  },
  async run({ rounds, say, measured, command }) {
    const { bin, versions, strategies, withoutMitogen } = ansibleHere(say);
    const pyinfra = pyinfraHere(say);
    const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
    let fast = strategies !== undefined;
    if (!fast) say(`without mitogen: ${withoutMitogen}`);
    command(`kinit init -i INVENTORY --only ${HOST_PHASES}`);
    command('ansible-playbook -i hosts.yml bench/ansible/prepare.yml');
    command('pyinfra -y hosts.py bench/pyinfra/prepare.py');
    try {
      for (let round = 1; round <= rounds; round += 1) {
        const took = {};
        const deeds = {
          kinit: (lab) => byKinit(lab),
          ansible: async (lab) => {
            const site = siteOf(lab, join(folder, String(round)), bin, strategies);
            if (round === 1 && fast) {
              const trouble = await site.tryMitogen();
              if (trouble !== undefined) {
                say(`without mitogen, which does not work here: ${trouble}`);
                fast = false;
              }
            }
            const cold = await site.play({ fast, changes: true });
            const same = await site.play({ fast, changes: false });
            const plain = fast ? await site.play({ fast: false, changes: false }) : same;
            return { cold, same, plain };
          },
          pyinfra: async (lab) => {
            const play = deploy(pyinfra.bin, lab, join(folder, `pyinfra-${round}`));
            return { cold: await play({ changes: true }), same: await play({ changes: false }) };
          },
        };
        const inTurn = Object.keys(deeds);
        for (const who of round % 2 === 1 ? inTurn : inTurn.reverse())
          took[who] = await withLab(LAB, async (lab) => {
            await Promise.all(lab.hosts.map((host) => madeReady(lab, host)));
            return deeds[who](lab);
          });
        const { kinit: ours, ansible: theirs, pyinfra: other } = took;
        measured('cold', theirs.cold / ours.cold);
        measured('same', theirs.same / ours.same);
        measured('cold-pyinfra-ratio', other.cold / ours.cold);
        measured('same-pyinfra-ratio', other.same / ours.same);
        measured('cold-pyinfra', other.cold);
        measured('same-pyinfra', other.same);
        measured('cold-kinit', ours.cold);
        measured('cold-ansible', theirs.cold);
        measured('same-kinit', ours.same);
        measured('same-ansible', theirs.same);
        measured('same-plain', theirs.plain);
        say(
          `round ${round} of ${rounds}: cold ${inSeconds(theirs.cold, other.cold, ours.cold)}; nothing to change ${inSeconds(theirs.same, other.same, ours.same)}`,
        );
      }
      const { 'ansible-core': core, mitogen } = versions;
      return { versions: { 'ansible-core': core, ...(fast ? { mitogen } : {}), pyinfra: pyinfra.version } };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const inSeconds = (ansible, pyinfra, ours) =>
  `${ansible.toFixed(1)} s, pyinfra ${pyinfra.toFixed(1)} s and kinit ${ours.toFixed(1)} s`;

async function madeReady(lab, host) {
  const connection = await connectTo(lab, host);
  try {
    await onHost(connection, READY);
  } finally {
    await connection.close();
  }
}

async function byKinit(lab) {
  const run = async (right) => {
    const result = await kinit(['init', '-i', lab.file, '--only', HOST_PHASES, '--output', 'json']);
    const end = eventsOf(result).find(({ type }) => type === 'run-finished');
    if (end === undefined || end.failedHosts.length > 0 || !right(end.changes))
      throw new Error(`kinit made ${end?.changes} changes; ${end?.failedHosts.length} hosts failed`);
    return result.ms / 1000;
  };
  return { cold: await run((changes) => changes >= lab.hosts.length), same: await run((changes) => changes === 0) };
}

/** The lab's hosts as Ansible knows them, and its settings with and without mitogen. */
function siteOf(lab, folder, bin, strategies) {
  mkdirSync(folder);
  const inventory = join(folder, 'hosts.yml');
  const hosts = Object.fromEntries(
    lab.hosts.map(({ name, address }) => [name, { ansible_host: address, ip: address }]),
  );
  const vars = {
    ansible_user: 'root',
    ansible_ssh_private_key_file: lab.identityFile,
    ansible_ssh_common_args: `-o UserKnownHostsFile=${lab.knownHostsFile} -o StrictHostKeyChecking=yes`,
    ansible_python_interpreter: '/usr/bin/python3',
    // What belongs to the machine that the hosts share is left alone by both.
    turn_swap_off: lab.options.swap !== 'keep',
    set_selinux: lab.options.selinux !== 'keep',
  };
  writeFileSync(inventory, stringify({ k8s_cluster: { hosts, vars } }));
  const trial = join(folder, 'trial.yml');
  writeFileSync(trial, stringify([{ hosts: 'all', gather_facts: false, tasks: [{ 'ansible.builtin.ping': null }] }]));
  const play = async (playbook, fast) => {
    const config = join(folder, fast ? 'mitogen.cfg' : 'plain.cfg');
    writeFileSync(config, settings(folder, lab.hosts.length, fast ? strategies : undefined));
    return program('timeout', ['--kill-after=10', '600', join(bin, 'ansible-playbook'), '-i', inventory, playbook], {
      env: { ANSIBLE_CONFIG: config, ANSIBLE_NOCOLOR: '1', PATH: `${bin}:${process.env['PATH']}` },
    });
  };
  return {
    /** Why mitogen does not work with these hosts; undefined where it does. */
    tryMitogen: () =>
      play(trial, true).then(
        () => undefined,
        (error) => error.message.trim().split('\n').at(-1),
      ),
    play: async ({ fast, changes }) => {
      const { stdout, ms } = await play(PLAYBOOK, fast);
      checkRecap(stdout, lab.hosts, changes);
      return ms / 1000;
    },
  };
}

/** ansible.cfg. The kept connections end by themselves, soon after the hosts. */
function settings(folder, forks, strategies) {
  return `[defaults]
forks = ${forks}
host_key_checking = True
gathering = explicit
internal_poll_interval = 0.001
deprecation_warnings = False
retry_files_enabled = False
local_tmp = ${folder}/tmp
${strategies === undefined ? '' : `strategy_plugins = ${strategies}\nstrategy = mitogen_linear\n`}
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=60s
control_path_dir = ${folder}/cp
`;
}

/** A run that did not do what it was to do has no time worth telling. */
function checkRecap(stdout, hosts, changes) {
  for (const { name } of hosts) {
    const [, changed, unreachable, failed] =
      new RegExp(`^${name}\\s.*changed=(\\d+)\\s+unreachable=(\\d+)\\s+failed=(\\d+)`, 'm').exec(stdout) ?? [];
    const right = changes ? Number(changed) > 0 : changed === '0';
    if (!right || unreachable !== '0' || failed !== '0')
      throw new Error(`Ansible on ${name}, ${changes ? 'cold' : 'nothing to change'}:\n${stdout.slice(-3000)}`);
  }
}
