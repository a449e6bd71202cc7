// Which end-to-end tests run beside which: three at a time, one that computes beside one that waits beside one that hardly does anything
// else, because the machine has few CPUs. A lane that has none of its own left takes from the end of the one with most left. What looks at settings of the whole machine comes last, alone.

/** Names of files below test/e2e without ".e2e.test.ts", the longest first. */
export const LANES = {
  computes: [
    'resume',
    'trouble',
    'cluster',
    'plan',
    'variants',
    'ha',
    'leftovers',
    'guard',
    'adopt',
    'certificates',
    'redhat',
    'runtimes',
    'runtime-change',
    'embedded',
    'datastore',
    'datastores',
    'bundle',
    'resume-join',
  ],
  waits: [
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
  sleeps: ['doctor', 'uml'],
  alone: ['undo', 'lab'],
};

/**
 * Runs `work` for every name, three at a time as above. A name that stands in no lane counts as one that computes.
 * `work` gets the name; it never rejects.
 */
export async function runLanes(names, work) {
  const { alone, ...beside } = LANES;
  const chosen = (lane) => lane.filter((name) => names.includes(name));
  const queues = Object.values(beside).map(chosen);
  const known = Object.values(LANES).flat();
  queues[0].push(...names.filter((name) => !known.includes(name)));
  await Promise.all(queues.map((own) => drain(own, queues, work)));
  for (const name of chosen(alone)) await work(name);
}

async function drain(own, all, work) {
  for (;;) {
    const fullest = all.reduce((most, queue) => (queue.length > most.length ? queue : most));
    const name = own.shift() ?? fullest.pop();
    if (name === undefined) return;
    await work(name);
  }
}
