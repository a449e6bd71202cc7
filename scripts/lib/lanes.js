// Which end-to-end tests run beside which: two at a time, one that computes beside one that waits, because the machine has few CPUs.
// A lane that has none of its own left takes from the other's end. What looks at settings of the whole machine comes last, alone.

/** Names of files below test/e2e without ".e2e.test.ts", the longest first. */
export const LANES = {
  computes: [
    'resume',
    'trouble',
    'cluster',
    'plan',
    'variants',
    'leftovers',
    'guard',
    'adopt',
    'certificates',
    'redhat',
    'runtimes',
    'runtime-change',
    'embedded',
    'datastore',
    'resume-join',
  ],
  waits: [
    'origin',
    'packages',
    'yum',
    'uml',
    'doctor',
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

/**
 * Runs `work` for every name, two at a time as above. A name that stands in no lane counts as one that computes.
 * `work` gets the name; it never rejects.
 */
export async function runLanes(names, work) {
  const known = Object.values(LANES).flat();
  const chosen = (lane) => LANES[lane].filter((name) => names.includes(name));
  const computes = [...chosen('computes'), ...names.filter((name) => !known.includes(name))];
  const waits = chosen('waits');
  await Promise.all([drain(computes, waits, work), drain(waits, computes, work)]);
  for (const name of chosen('alone')) await work(name);
}

async function drain(own, other, work) {
  for (;;) {
    const name = own.shift() ?? other.pop();
    if (name === undefined) return;
    await work(name);
  }
}
