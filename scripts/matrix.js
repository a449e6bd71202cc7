// `npm run test:matrix`: a whole life of a host on every system that the lab can make, with every runtime. Too long for `npm test`.
//   --image NAME, --runtime NAME   only those cells; each may be given several times
//   --from distribution|docker     the runtime is a package, the distribution's or Docker's; default: kinit's own artifacts. What there is no such
//                                  package of is refused, and has to be, with the reason (test/e2e/matrix/refused.ts)
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { forwardSignals, run, wasInterrupted } from './lib/child.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    image: { type: 'string', multiple: true },
    runtime: { type: 'string', multiple: true },
    from: { type: 'string', default: 'artifacts' },
  },
});

forwardSignals();
if (
  spawnSync(process.execPath, ['scripts/build.js'], { cwd: root, stdio: 'inherit', timeout: 5 * 60_000 }).status !== 0
)
  process.exit(1);
const { IMAGE_NAMES } = await import(path.join(root, 'dist', 'lab', 'images', 'names.js'));
const { RUNTIMES } = await import(path.join(root, 'dist', 'runtime', 'index.js'));
const images = chosen('image', IMAGE_NAMES, values.image);
const runtimes = chosen(
  'runtime',
  RUNTIMES.map(({ id }) => id),
  values.runtime,
);
if (!['artifacts', 'distribution', 'docker'].includes(values.from)) {
  console.error(`--from ${values.from}: artifacts, distribution or docker`);
  process.exit(2);
}

// One that is no package is refused, so that nothing of it is needed; of Docker's programs its packages are made.
const needed = RUNTIMES.filter(({ packaged }) => values.from === 'artifacts' || packaged !== undefined)
  .map(({ id }) => id)
  .filter((id) => runtimes.includes(id));
const built = values.from === 'docker' && needed.length > 0 ? [...new Set([...needed, 'docker'])] : needed;
for (const runtime of built)
  await end([process.execPath, 'bin/kinit.js', 'artifacts', 'build', '--runtime', runtime], 90);
await end(
  ['node_modules/.bin/vitest', 'run', '--config', 'vitest.e2e.config.ts', '--reporter=verbose'],
  // A cell takes two to five minutes, and a system's root file system one to three.
  images.length * (runtimes.length * 15 + 10),
  { KINIT_TEST_IMAGES: images.join(','), KINIT_TEST_RUNTIMES: runtimes.join(','), KINIT_TEST_FROM: values.from },
);

/** Ends this program where the command fails. */
async function end([file, ...args], minutes, env = {}) {
  const { code, timedOut } = await run(file, args, { cwd: root, minutes, env });
  if (wasInterrupted()) process.exit(130);
  if (timedOut) console.error(`ended after ${String(minutes)} minutes: ${args.join(' ')}`);
  if (code !== 0 || timedOut) process.exit(1);
}

function chosen(what, all, wanted = all) {
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length === 0) return all.filter((name) => wanted.includes(name));
  console.error(`there is no ${what} ${unknown.join(', ')}: ${all.join(', ')}`);
  process.exit(2);
}
