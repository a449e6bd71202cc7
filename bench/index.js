// npm run bench [-- PART…]: measures kinit, beside others where there are others, and writes what came out.
// usage: node bench/index.js [PART…] [--rounds N] [--page]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { CannotRun } from './lib/cannot-run.js';
import { machine, versions } from './lib/machine.js';
import { page } from './lib/page.js';
import { picture } from './lib/picture.js';
import { stopped } from './lib/stop.js';
import { figureOf } from './lib/figure.js';
import { parts } from './parts/index.js';

const FEWEST_ROUNDS = 5;
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const results = path('results/');
const pictures = path('../docs/pictures/');

const words = process.argv.slice(2);
const onlyPage = take('--page');
const asked = takeValue('--rounds');
const rounds = Number(asked ?? FEWEST_ROUNDS);
/** Of what takes long, where nobody said how many. */
const atMost = (most) => (asked === undefined ? Math.min(rounds, most) : rounds);
const unknown = words.filter((word) => !parts.some(({ id }) => id === word));
if (unknown.length > 0 || !(rounds >= 1)) {
  console.error(
    `bench: ${unknown.length > 0 ? `no part named ${unknown.join(', ')}` : '--rounds needs a number'}; parts: ${parts.map(({ id }) => id).join(', ')}`,
  );
  process.exit(10);
}
const chosen = parts.filter(({ id }) => words.length === 0 || words.includes(id));
let failed = 0;
for (const [index, part] of (onlyPage ? [] : chosen).entries()) {
  const started = Date.now();
  const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${part.id}: ${text}`);
  say(`${part.title} (${index + 1} of ${chosen.length})`);
  try {
    const result = await measure(part, say);
    await writeJson(`${results}${part.id}.json`, result);
    for (const figure of result.figures) say(inWords(figure));
    const worse = result.figures.filter(({ kept }) => kept === false).map(({ title }) => title);
    if (worse.length > 0) {
      failed += 1;
      say(`more than a fifth worse than its baseline: ${worse.join(', ')}`);
    }
  } catch (error) {
    if (stopped.aborted) break;
    // The other parts are measured all the same.
    failed += 1;
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof CannotRun) say(`cannot be measured on this machine: ${why}`);
    else say(`failed after ${Math.round((Date.now() - started) / 1000)} s: ${why}`);
  }
}
if (stopped.aborted) {
  process.exitCode = 130;
} else {
  await draw();
  process.exitCode = failed > 0 ? 1 : 0;
}

async function measure(part, say) {
  const values = new Map();
  const commands = [];
  const begun = new Date();
  const before = machine();
  const extra = await part.run({
    rounds,
    atMost,
    say,
    measured: (id, value) => {
      if (!part.figures.some((figure) => figure.id === id)) throw new Error(`${part.id} has no figure ${id}`);
      values.set(id, [...(values.get(id) ?? []), value]);
    },
    command: (text) => {
      if (!commands.includes(text)) commands.push(text);
    },
  });
  return {
    part: part.id,
    title: part.title,
    begun: begun.toISOString(),
    seconds: Math.round((Date.now() - begun.getTime()) / 1000),
    machine: before,
    versions: { ...versions(), ...extra?.versions },
    commands,
    figures: part.figures.filter(({ id }) => values.has(id)).map((figure) => figureOf(figure, values.get(figure.id))),
  };
}

/** Pictures and page from all results that are there, also of earlier runs. */
async function draw() {
  mkdirSync(pictures, { recursive: true });
  const found = new Map(
    readdirSync(results)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(`${results}${name}`, 'utf8')))
      .map((result) => [result.part, result]),
  );
  const shown = parts.filter(({ id }) => found.has(id)).map((part) => ({ part, result: found.get(part.id) }));
  for (const { part, result } of shown) writeFileSync(`${pictures}bench-${part.id}.svg`, picture(result));
  const file = path('../docs/performance.md');
  writeFileSync(file, await format(page(shown), { ...(await resolveConfig(file)), parser: 'markdown' }));
  console.log(`docs/performance.md shows ${shown.map(({ part }) => part.id).join(', ') || 'nothing yet'}`);
}

async function writeJson(file, value) {
  mkdirSync(results, { recursive: true });
  writeFileSync(file, await format(JSON.stringify(value), { ...(await resolveConfig(file)), parser: 'json' }));
}

function inWords({ title, unit, median, min, max, goal, met }) {
  const verdict = goal === undefined ? '' : met ? `, goal ${goal}: met` : `, goal ${goal}: MISSED`;
  return `${title}: ${median} ${unit} (${min} to ${max})${verdict}`;
}

function take(word) {
  const at = words.indexOf(word);
  if (at < 0) return false;
  words.splice(at, 1);
  return true;
}

function takeValue(word) {
  const at = words.indexOf(word);
  return at < 0 ? undefined : words.splice(at, 2)[1];
}
