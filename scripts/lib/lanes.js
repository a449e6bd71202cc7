// Which end-to-end tests run beside which: two at a time, one that computes beside one that waits, because the machine has few CPUs, and a
// third one where these leave them idle. Who has none of its own left takes from the end of the lane with most left. What looks at
// settings of the whole machine comes last, alone.
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** With this share of the processors' time idle, there is room for one more. */
const ROOM = 0.2;
const LOOK_SECONDS = 10;

/** Names of files below test/e2e without ".e2e.test.ts", the longest first. */
export const LANES = {
  computes: [
    'embedded',
    'ha',
    'upgrade',
    'cluster',
    'plan',
    'trouble',
    'variants',
    'guard',
    'runtimes',
    'leftovers',
    'bundle',
    'datastore',
    'redhat',
    'certificates',
    'adopt',
    'ubuntu',
    'resume',
    'datastores',
    'runtime-change',
    'resume-join',
  ],
  waits: [
    'doctor',
    'uml',
    'origin',
    'packages',
    'yum',
    'works',
    'addresses',
    'access',
    'secrecy',
    'cluster-api',
    'ssh',
    'ssh-bastion',
    'ssh-certificates',
  ],
  alone: ['undo', 'lab'],
};

/** Left out of the test command, for want of time. `npm run test:everything` takes them, and so does who names one. */
export const EVERYTHING_ONLY = ['resume-join', 'runtime-change'];

/**
 * Runs `work` for every name, two or three at a time as above. A name that stands in no lane counts as one that computes.
 * `work` gets the name; it never rejects.
 */
export async function runLanes(names, work) {
  const { alone, ...beside } = LANES;
  const chosen = (lane) => lane.filter((name) => names.includes(name));
  const queues = Object.values(beside).map(chosen);
  const known = Object.values(LANES).flat();
  queues[0].push(...names.filter((name) => !known.includes(name)));
  const third = async () => {
    while (queues.some(({ length }) => length > 0) && !(await isIdle())) continue;
  };
  await Promise.all([...queues.map((own) => drain(own, queues, work)), drain([], queues, work, third)]);
  for (const name of chosen(alone)) await work(name);
}

async function drain(own, all, work, until = () => undefined) {
  for (;;) {
    await until();
    const fullest = all.reduce((most, queue) => (queue.length > most.length ? queue : most));
    const name = own.shift() ?? fullest.pop();
    if (name === undefined) return;
    await work(name);
  }
}

async function isIdle() {
  const before = times();
  await sleep(LOOK_SECONDS * 1000);
  const now = times();
  return now.idle - before.idle >= ROOM * (now.all - before.all);
}

function times() {
  const each = os.cpus().map((cpu) => cpu.times);
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  return { idle: sum(each.map(({ idle }) => idle)), all: sum(each.flatMap((of) => Object.values(of))) };
}
