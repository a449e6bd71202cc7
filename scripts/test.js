// `npm test`: every check there is, one after another, each with a bound on its time. Goes on after a failure, so that one run tells all.
//   --unit-only          everything but the tests on real hosts
//   --e2e-only [FILTER]  only the tests on real hosts (those whose path holds FILTER)
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { forwardSignals, run, wasInterrupted } from './lib/child.js';
import { LAB_PREFIX } from './lib/e2e-labs.js';
import { EVERYTHING_ONLY, runLanes } from './lib/lanes.js';
import { holdMachineSettings } from './lib/machine-settings.js';
import { takeRunLock } from './lib/run-lock.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const kinit = path.join(root, 'bin', 'kinit.js');
const e2eOnly = process.argv.includes('--e2e-only');
const unitOnly = process.argv.includes('--unit-only');
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
/** Results, and all that tests put away for a while (test/temporary-folder.ts): gone at the end, also after Ctrl-C. Others may pass through it. */
const results = mkdtempSync(path.join(tmpdir(), 'kt-'));
chmodSync(results, 0o711);
/** Exit code of a step that this machine has not the means for: skipped, by name. */
const NOT_HERE = 3;
/** Continuous integration ends what takes longer than 90 minutes, with all that was found. There, no file is begun on a host later than this. */
const LAST_BEGIN = process.env['CI'] === 'true' ? Date.now() + 68 * 60_000 : Infinity;
const total = { passed: 0, failed: [], skipped: [] };
/** Tests with the time they took, of each kind. */
const times = { unit: [], 'end-to-end': [] };

forwardSignals();
await main();

async function main() {
  await step('build', process.execPath, ['scripts/build.js'], 5);
  if (!e2eOnly) {
    await step('tools for tests', process.execPath, ['scripts/install-tools.js'], 15, NOT_HERE);
    // Linting takes as long as all the others together, and each of them one processor.
    await Promise.all([step('lint', bin('eslint'), ['--max-warnings', '0', '.'], 10), others()]);
    const started = announce('unit tests');
    const reporter = ['--reporter=default'];
    await vitest('unit tests', ['--config', 'vitest.config.ts', ...reporter, ...filters], {
      minutes: 20,
      kind: 'unit',
      started,
    });
  }
  if (!unitOnly) await endToEnd();
  rmSync(results, { recursive: true, force: true });
  summary();
}

async function others() {
  await step('types', bin('tsc'), ['-p', 'tsconfig.check.json'], 5);
  await step('format', bin('prettier'), ['--check', '--log-level', 'warn', '.'], 5);
  await step('shell text (shellcheck)', process.execPath, ['scripts/shellcheck.js'], 10, NOT_HERE);
  await step('import directions', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src'], 5);
  await step('unused code', bin('knip'), [], 5);
  // Tests do not count as users here: what only they use is tagged @internal, with the reason.
  await step('unused code (src alone)', bin('knip'), ['--production'], 5);
}

async function endToEnd() {
  const reason =
    process.platform !== 'linux' ? 'lab hosts need Linux' : process.getuid() !== 0 ? 'lab hosts need root' : undefined;
  if (reason !== undefined) {
    total.skipped.push({ name: 'end-to-end tests', note: reason });
    return;
  }
  const holder = takeRunLock(root);
  if (holder !== undefined) {
    total.failed.push({ name: 'end-to-end tests', note: `they run in this folder already: process ${holder}` });
    return;
  }
  const files = endToEndFiles();
  for (const runtime of await runtimesOf(files))
    await step(`artifacts (${runtime})`, process.execPath, [kinit, 'artifacts', 'build', '--runtime', runtime], 90);
  for (const form of await formsOf(files))
    await step(`artifacts (${form})`, process.execPath, [kinit, 'artifacts', 'build', '--control-plane', form], 90);
  if (files.has('upgrade')) {
    const version = await earlierMinor();
    const earlier = ['--control-plane', 'embedded', '--kubernetes-version', version];
    await step(`artifacts (${version})`, process.execPath, [kinit, 'artifacts', 'build', ...earlier], 90);
  }
  if (files.has('uml') && (await kernelsRunHere()))
    await step('kernel of test hosts', process.execPath, [kinit, 'artifacts', 'kernel'], 60);
  // What an earlier run left when it was killed would be found half made by the tests.
  await removeLabs();
  const started = announce('end-to-end tests');
  const end = Date.now() + 120 * 60_000;
  const restoreMachineSettings = holdMachineSettings();
  try {
    await runLanes([...files.keys()], (name) => endToEndFile(name, files.get(name), (end - Date.now()) / 60_000));
  } finally {
    // Also after a crash, a time-out or Ctrl-C: no lab of this run outlives it.
    await removeLabs();
    restoreMachineSettings();
  }
  console.log(`end-to-end tests took ${since(started)} s`);
}

/** Runtimes whose programs these tests take: all have the first, two files the others. */
async function runtimesOf(files) {
  const { RUNTIMES } = await import(path.join(root, 'dist', 'runtime', 'index.js'));
  const ids = RUNTIMES.map(({ id }) => id);
  return files.has('runtimes') || files.has('runtime-change') ? ids : ids.slice(0, 1);
}

/** The forms of the control plane besides the default, whose files have their names; upgrades take the last one. */
async function formsOf(files) {
  const { FORMS } = await import(path.join(root, 'dist', 'control-plane', 'index.js'));
  return FORMS.slice(1)
    .map(({ id }) => id)
    .filter((id) => files.has(id) || (id === 'embedded' && files.has('upgrade')));
}

/** The version of Kubernetes that upgrades begin with: the newest that is built from modules of the minor version before. */
async function earlierMinor() {
  const { sourceKubernetesVersions } = await import(path.join(root, 'dist', 'artifacts', 'build', 'plan.js'));
  const [newest, ...older] = await sourceKubernetesVersions();
  const minor = (version) => version.split('.').slice(0, 2).join('.');
  return older.find((version) => minor(version) !== minor(newest));
}

/** Whether this machine can have hosts with kernels of their own; where not, their tests say so themselves. */
async function kernelsRunHere() {
  const { DRIVERS } = await import(path.join(root, 'dist', 'lab', 'drivers', 'index.js'));
  return (await DRIVERS.uml.unavailable()) === undefined;
}

/** Paths of the files by name, those whose path holds one of the filters. */
function endToEndFiles() {
  const ending = '.e2e.test.ts';
  const files = readdirSync(path.join(root, 'test', 'e2e'), { recursive: true })
    .filter((file) => file.endsWith(ending))
    .map((file) => `test/e2e/${file}`)
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  const named = new Map(files.map((file) => [path.basename(file, ending), file]));
  const leftOut = filters.length === 0 && process.env['KINIT_TEST_EVERYTHING'] !== '1' ? EVERYTHING_ONLY : [];
  for (const name of leftOut) {
    named.delete(name);
    total.skipped.push({ name: `end-to-end tests: ${name}`, note: 'npm run test:everything takes them' });
  }
  return named;
}

async function endToEndFile(name, file, minutesLeft) {
  if (Date.now() > LAST_BEGIN) {
    total.skipped.push({
      name: `end-to-end tests: ${name}`,
      note: 'this machine is too slow for them within the time there is',
    });
    return;
  }
  const args = ['--config', 'vitest.e2e.config.ts', '--reporter=verbose', file];
  await vitest(`end-to-end tests: ${name}`, args, {
    minutes: Math.max(0, Math.min(40, minutesLeft)),
    kind: 'end-to-end',
    started: Date.now(),
    prefix: `${name.padEnd(11)} | `,
  });
}

/** @param skipCode the exit code that says that it cannot run on this machine */
async function step(name, file, args, minutes, skipCode) {
  if (wasInterrupted()) return;
  const started = announce(name);
  const { code, timedOut } = await run(file, args, { cwd: root, minutes });
  const seconds = since(started);
  if (wasInterrupted()) return;
  if (code === 0 && !timedOut) {
    total.passed += 1;
    console.log(`ok ${name} (${seconds} s)`);
  } else if (code === skipCode) {
    total.skipped.push({ name, note: 'what it needs is not on this machine and could not be installed' });
  } else {
    total.failed.push({
      name,
      note: timedOut ? `ended after ${String(minutes)} minutes` : `exit code ${String(code)}`,
    });
    console.log(`FAILED ${name} (${seconds} s)`);
  }
}

async function vitest(name, args, { minutes, kind, started, prefix }) {
  if (wasInterrupted()) return;
  const file = path.join(results, `${name.replaceAll(/[^a-z0-9-]+/g, '-')}.ndjson`);
  const { code, timedOut } = await run(bin('vitest'), ['run', ...args, '--reporter=./scripts/lib/test-reporter.js'], {
    cwd: root,
    minutes,
    env: { KINIT_TEST_RESULTS: file, TMPDIR: results },
    prefix,
  });
  const entries = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  const failed = entries.filter((entry) => entry.state === 'failed');
  total.passed += entries.filter((entry) => entry.state === 'passed').length;
  total.failed.push(...failed);
  total.skipped.push(...entries.filter((entry) => entry.state === 'skipped'));
  times[kind].push(...entries.filter(({ ms }) => ms !== undefined));
  if (timedOut) total.failed.push({ name, note: `ended after ${minutes.toFixed(0)} minutes` });
  else if (code !== 0 && failed.length === 0 && !wasInterrupted())
    total.failed.push({ name, note: `vitest ended with exit code ${String(code)}` });
  console.log(`${code === 0 ? 'ok' : 'FAILED'} ${name} (${since(started)} s)`);
}

/** Takes away the labs of this checkout's end-to-end tests, by the name they all start with; other labs are their owner's. */
async function removeLabs() {
  const { stdout } = await run(process.execPath, [kinit, 'lab', 'list', '--output', 'json'], {
    cwd: root,
    minutes: 1,
    capture: true,
  });
  const names = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).name);
  for (const name of names.filter((each) => each?.startsWith(LAB_PREFIX))) {
    console.log(`removing lab ${name}`);
    await run(process.execPath, [kinit, 'lab', 'down', '--name', name], { cwd: root, minutes: 5 });
  }
}

function announce(name) {
  console.log(`\n== ${name}`);
  return Date.now();
}

function since(started) {
  return ((Date.now() - started) / 1000).toFixed(1);
}

/** Where the time goes; hooks that make labs are not in it. */
function slowest() {
  for (const [kind, tests] of Object.entries(times)) {
    if (tests.length === 0) continue;
    console.log(`\nThe ten slowest ${kind} tests:`);
    for (const { name, ms } of tests.toSorted((a, b) => b.ms - a.ms).slice(0, 10))
      console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`);
  }
}

function summary() {
  slowest();
  console.log('');
  for (const { name, note } of total.skipped) console.log(`skipped: ${name} (${firstLine(note) ?? 'no reason given'})`);
  for (const { name, note } of total.failed) {
    console.log(`failed: ${name}`);
    for (const line of excerpt(note)) console.log(`    ${line}`);
  }
  if (wasInterrupted()) console.log('interrupted: the steps after this point did not run');
  const skipped = total.skipped.length === 0 ? '' : `, ${String(total.skipped.length)} skipped`;
  console.log(`${String(total.passed)} passed, ${String(total.failed.length)} failed${skipped}`);
  process.exitCode = wasInterrupted() ? 130 : total.failed.length === 0 ? 0 : 1;
}

function firstLine(text) {
  return text?.split('\n')[0];
}

/** The end of a log is what one sees of it first: what failed is told there so far that its cause can be seen. */
function excerpt(note = '') {
  const lines = stripVTControlCharacters(note)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(0, 300));
  return lines.length > 16 ? [...lines.slice(0, 10), '...', ...lines.slice(-5)] : lines;
}
