// How long `kinit --help` takes beside a bare `node -e 0`, turn about, so that a busy machine slows both.
// usage: node bench/start-up.js [rounds] [arguments of kinit...]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `kinit --help` may take so many times a bare start of node (median). */
const LIMIT = 3;

const [rounds = '20', ...words] = process.argv.slice(2);
const kinit = fileURLToPath(new URL('../bin/kinit.js', import.meta.url));
const programs = {
  'node -e 0': ['-e', '0'],
  [`kinit ${words.join(' ') || '--help'}`]: [kinit, ...(words.length === 0 ? ['--help'] : words)],
};

const times = new Map(Object.keys(programs).map((name) => [name, []]));
// The first round fills the file cache and does not count.
for (let round = -1; round < Number(rounds); round++)
  for (const [name, args] of Object.entries(programs)) {
    const started = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
    if (round >= 0) times.get(name).push(performance.now() - started);
  }

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${value.toFixed(0)} ms`.padStart(8);
for (const [name, values] of times)
  console.log(
    `${name.padEnd(20)} min${ms(Math.min(...values))}  median${ms(median(values))}  max${ms(Math.max(...values))}`,
  );

const [bare, ours] = [...times.values()];
const ratio = median(ours.map((value, index) => value / bare[index]));
console.log(
  `${Object.keys(programs)[1]} takes ${ratio.toFixed(2)} times a bare start (median of ${rounds} rounds; at most ${LIMIT})`,
);
process.exitCode = ratio <= LIMIT ? 0 : 1;
