import { eventsOf, kinit } from '../lib/kinit.js';
import { withLab } from '../lib/lab.js';
import { openSite } from '../site/index.js';

/** Phases that need no program or image, so that what is measured is kinit and not a disk. */
export const HOST_PHASES =
  'leftovers,hostname,hosts-file,packages,time,swap,selinux,firewall,modules,sysctls,pod-links';

/** What is recorded: a control plane and a worker. */
export const SITE_LAB = { name: 'bench-site', hosts: 2 };

/** About what the longest question (all facts, all phases) takes an idle host of the lab. */
const ANSWER_MS = 200;
const COUNTS = [10, 100, 300, 1000];
const MANY = 300;
const MOST = 1000;
/** As many hosts at once as there are; by default 20 are changed at once, so that 100 take their turns. */
const WIDE = 100;
const DEEDS = {
  plan: { title: 'plan, bare hosts', args: ['plan'] },
  prepare: { title: 'prepare', args: ['init'] },
  wide: { title: `prepare, all at once (parallel: ${WIDE})`, args: ['init'], recorded: 'prepare', parallel: WIDE },
  'no-change': { title: 'nothing to change', args: ['init'] },
};

/** Figures of what is compared between 100 hosts and 10. */
const RATIOS = { plan: 'ratio-plan', prepare: 'ratio-turns', wide: 'ratio-prepare', 'no-change': 'ratio' };

const CHANNELS = { prepare: 'channels', 'no-change': 'channels-no-change' };

/** How far kinit scales. */
export const hosts = {
  id: 'hosts',
  title: 'Many hosts',
  about: `Two bare hosts of a lab, a control plane and a worker, are planned, prepared and looked at again, with real shells and all scripts; what they answered
is kept. Then 10 to 1000 SSH servers, in one other process on the same machine, answer as those did: each with its own name, address and
machine id, each question after ${ANSWER_MS} ms. What takes minutes is run less often. So the hosts take the same time however many there are, and what grows is kinit's own work. The phases
are those of a host (\`${HOST_PHASES}\`).`,
  figures: [
    ...COUNTS.flatMap((count) => [
      ...Object.entries(DEEDS)
        .filter(([id]) => roundsOf(count, id) > 0)
        .map(([id, { title }]) => ({
          id: `${id}-${count}`,
          title: `${count} hosts, ${title}`,
          unit: 's',
          ...(id === 'no-change' && count === 100 ? { goal: 3 } : {}),
        })),
      { id: `cpu-${count}`, title: `${count} hosts, nothing to change, kinit's processor time`, unit: 's' },
      {
        id: `memory-${count}`,
        title: `${count} hosts, nothing to change, most memory`,
        unit: 'MB',
        ...(count === MOST ? { goal: 300 } : {}),
      },
    ]),
    ...Object.entries(RATIOS).map(([deed, id]) => ({
      id,
      title: `${DEEDS[deed].title}, 100 hosts / 10 hosts`,
      unit: 'times',
      goal: 1.5,
    })),
    { id: 'memory-plan', title: `${MOST} hosts, plan, most memory`, unit: 'MB', goal: 300 },
    { id: 'memory-prepare', title: `${MOST} hosts, prepare, most memory`, unit: 'MB', goal: 300 },
    { id: 'channels', title: 'SSH channels a host, prepare', unit: 'channels', goal: 10 },
    { id: 'channels-no-change', title: 'SSH channels a host, nothing to change', unit: 'channels', goal: 3 },
  ],
  missed: {
    'ratio-turns':
      "By default 20 hosts are changed at once (`parallel`), so that 100 take five turns of what one takes, and 10 take one. That bound is there for what hosts fetch and for the person who stops a change that goes wrong; kinit's own work is the ratio without turns. Next idea: a bound for what is heavy (programs, images) alone.",
    'ratio-plan':
      'At the goal, within what it varies by. Each host more costs about 11 ms of one processor (nothing to change: 0.7 s of 10 hosts, 1.8 s of 100): its connection with its keys, reading its answers, comparing; of a bare host the changes are printed, too. Next idea: as for the memory.',
    'memory-plan':
      'Of 300 hosts 24 MB live at the end of a plan; the rest is what is collected late, the buffers of the connections, and what the allocator keeps. Smaller young generations took a twentieth of it (366 to 344 MB), and no time. Next idea: connections that have nothing to do closed, and opened again for the next question.',
    'memory-prepare': 'As above.',
    'no-change-100':
      'The processor has 2 s of it, 0.85 s of these for the start; answers are waited for one after another, 200 ms each: the lock, the claim of a host together with its facts, two for the ways between the hosts, their end, one look at all phases. The end was not waited for any more right after this was measured (a played host says of no datagram that it came, as real ones do). Next idea: the lock and the claim in one question.',
  },
  async run({ rounds, atMost, say, measured, command }) {
    const site = await openSite();
    try {
      say('two hosts of a lab are planned, prepared, and looked at again');
      const recordings = await withLab(SITE_LAB, async (lab) => {
        const all = {};
        for (const [id, { args, recorded }] of Object.entries(DEEDS)) {
          if (recorded !== undefined) continue;
          command(`kinit ${args.join(' ')} -i INVENTORY --only ${HOST_PHASES}`);
          all[id] = await site.record(lab, (file) => kinit([...args, '-i', file, '--only', HOST_PHASES]));
        }
        return all;
      });
      const seconds = new Map();
      for (let round = 1; round <= rounds; round += 1)
        for (const count of COUNTS)
          for (const [id, { args, title, recorded = id, parallel }] of Object.entries(DEEDS)) {
            const most = roundsOf(count, id);
            if (most === 0 || round > atMost(most)) continue;
            const { models, options } = recordings[recorded];
            const played = { models, options: { ...options, ...(parallel === undefined ? {} : { parallel }) } };
            const { result, seen } = await site.replay(played, count, ANSWER_MS, (file) =>
              kinit([...args, '-i', file, '--only', HOST_PHASES, '--output', 'json'], { usage: true }),
            );
            const surprise = seen.surprises[0];
            if (surprise !== undefined)
              throw new Error(`a host was asked what the recorded one was not: ${surprise[0]}`);
            checkDone(id, eventsOf(result), count);
            say(
              `round ${round} of ${rounds}: ${count} hosts, ${title}: ${(result.ms / 1000).toFixed(1)} s, ${Math.round(result.peakMB)} MB`,
            );
            measured(`${id}-${count}`, result.ms / 1000);
            if (count === 10) seconds.set(id, result.ms);
            if (count === 100 && RATIOS[id] !== undefined) measured(RATIOS[id], result.ms / seconds.get(id));
            if (count === MOST && (id === 'plan' || id === 'prepare')) measured(`memory-${id}`, result.peakMB);
            if (id === 'no-change') {
              measured(`cpu-${count}`, result.cpuMs / 1000);
              measured(`memory-${count}`, result.peakMB);
            }
            if (count === 100 && CHANNELS[id] !== undefined) measured(CHANNELS[id], Math.max(...seen.channels));
          }
    } finally {
      await site.close();
    }
  },
};

/** What takes minutes is not run so often: the whole bench is to be through within an hour. */
function roundsOf(count, deed) {
  if (deed === 'wide') return count <= WIDE ? Infinity : 0;
  if (count < MANY) return deed === 'prepare' && count > 10 ? 2 : Infinity;
  return deed === 'prepare' || count > MANY ? 1 : 3;
}

/** A run that did not do what it was to do has no time worth telling. */
function checkDone(id, events, count) {
  const end = events.find(({ type }) => type === 'run-finished');
  const right = id === 'no-change' ? end?.changes === 0 : end?.changes >= count;
  if (!right || end.failedHosts.length > 0)
    throw new Error(`${count} hosts, ${id}: ${end?.changes} changes, ${end?.failedHosts.length} hosts failed`);
}
