import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLab, sshCommand } from '../../src/lab/index.js';
import { runLocal } from '../../src/ssh/local.js';
import { ONLY_FORM } from '../e2e/support/form.js';
import type { Form } from '../e2e/support/hardening.js';
import { kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { shape } from '../e2e/support/shapes.js';
import { choose, NOT_ASKED } from './support/choice.js';
import { testImages, type TestImages } from './support/images.js';
import { conformancePrograms, type Programs } from './support/programs.js';
import { counts, leftOut, table } from './support/report.js';
import { runConformance } from './support/run.js';

/**
 * Upstream's conformance tests on a cluster of each form of the control plane: npm run test:conformance [-- FOCUS]. What is run of them:
 * support/choice.ts; docs/conformance.md has what came of it.
 */
const FORMS: readonly Form[] = ['static-pods', 'embedded'];
const WORKERS = ['node2', 'node3'];
const ALL = process.env['KINIT_TEST_CONFORMANCE'] === 'all';
const FOCUS = process.env['KINIT_TEST_CONFORMANCE_FOCUS'] || undefined;
/** Serial tests take about as long as all others together. */
const MINUTES = ALL ? 180 : 90;

let programs: Programs;
let images: TestImages;
const tell = (text: string): void => console.log(text);

beforeAll(async () => {
  programs = await conformancePrograms(tell);
  images = await testImages(programs);
}, 120 * 60_000);

describe.each(FORMS.filter((form) => ONLY_FORM === undefined || ONLY_FORM === form))('%s', (form) => {
  let cluster: LabHandle;
  let kubeconfig: string;
  const folder = (): string => join(programs.folder, 'runs', form);

  beforeAll(async () => {
    cluster = await lab(`conf-${form}`, { hosts: 1 + WORKERS.length });
    if (form === 'embedded') shape({ inventory: { controlPlane: { mode: form } } }, cluster.inventory);
    await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 1500 });
    kubeconfig = join(folder(), 'kubeconfig');
    await kinitOk(['kubeconfig', '--out', kubeconfig, '--yes', '-i', cluster.inventory]);
    // Pods of the tests run on workers; the control plane has an image of etcd that is kinit's.
    for (const host of WORKERS) await bringImages(cluster, host, images.file);
  }, 60 * 60_000);

  afterAll(async () => {
    await cluster.down();
  });

  test(`conformance tests of Kubernetes pass`, { timeout: (MINUTES + 10) * 60_000 }, async () => {
    const run = await runConformance(
      programs,
      { kubeconfig, folder: folder(), minutes: MINUTES },
      choose(FOCUS, ALL),
      (text) => tell(`${form}: ${text}`),
    );
    const failed = run.outcomes.filter(({ state }) => state === 'failed');
    tell(leftOut(run.outcomes.filter(({ reason }) => reason !== NOT_ASKED)));
    tell(table(run.outcomes));
    tell(`${form}: ${counts(run.outcomes)}`);
    if (failed.length > 0) tell(`all that the tests said: ${run.log}`);
    expect(failed.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([]);
    expect(run.others).toEqual([]);
    expect(run.outcomes.filter(({ state }) => state === 'passed')).not.toEqual([]);
  });
});

async function bringImages(cluster: LabHandle, host: string, file: string): Promise<void> {
  const importing = ['ctr', '-n', 'k8s.io', 'images', 'import', '-'];
  const [program = '', ...args] = sshCommand(await findLab(cluster.name), host, importing);
  await runLocal(program, args, { input: await readFile(file), timeoutSeconds: 600 });
}
