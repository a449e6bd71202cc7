// Compiles src/ to dist/, copies what tsc leaves behind (templates and other assets), and makes of all that the few files that bin/ starts.
// Quick when nothing changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const src = path.join(root, 'src');
const dist = path.join(root, 'dist');
const program = path.join(dist, 'bundle');
const stampFile = path.join(dist, '.stamp');

const buildInfo = path.join(dist, '.tsbuildinfo');

const files = listFiles(src);
const compiled = files.filter((file) => file.endsWith('.ts')).map((file) => file.replace(/\.ts$/, '.js'));
const stamp = fingerprint([
  ...files.map((file) => path.join(src, file)),
  path.join(root, 'tsconfig.json'),
  path.join(root, 'package-lock.json'),
  fileURLToPath(import.meta.url),
  fileURLToPath(new URL('lib/bundle.js', import.meta.url)),
]);

if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
  console.log('build: nothing changed');
} else {
  await build();
}

async function build() {
  const started = Date.now();
  rmSync(stampFile, { force: true });
  mkdirSync(dist, { recursive: true });
  let result = compile();
  // What tsc remembers may be younger than dist (a build beside this one, a file deleted by hand): then from the beginning.
  if (result.status === 0 && !compiled.every((file) => existsSync(path.join(dist, file)))) {
    rmSync(buildInfo, { force: true });
    result = compile();
  }
  const assets = files.filter((file) => !file.endsWith('.ts'));
  for (const asset of assets) {
    mkdirSync(path.dirname(path.join(dist, asset)), { recursive: true });
    copyFileSync(path.join(src, asset), path.join(dist, asset));
  }
  removeStale();
  if (result.status !== 0) {
    console.error('build: tsc reported errors');
    process.exitCode = 1;
    return;
  }
  await putScriptsTogether(assets);
  // Read only here: most builds find nothing changed.
  const { bundle } = await import('./lib/bundle.js');
  await bundle({ entry: path.join(dist, 'cli', 'main.js'), dist, folder: program });
  writeFileSync(stampFile, stamp);
  console.log(`build: ${String(files.length)} files in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** As src/shell/script.ts reads them. */
async function putScriptsTogether(assets) {
  const { textOf } = await import(pathToFileURL(path.join(dist, 'shell', 'script.js')).href);
  const texts = assets
    .filter((asset) => asset.endsWith('.sh'))
    .map((asset) => [asset.replace(/\.sh$/, ''), textOf(pathToFileURL(path.join(dist, asset)))]);
  writeFileSync(path.join(dist, 'shell', 'texts.json'), JSON.stringify(Object.fromEntries(texts)));
}

function compile() {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = ['-p', path.join(root, 'tsconfig.json')];
  return spawnSync(process.execPath, [tsc, ...project, '--incremental', '--tsBuildInfoFile', buildInfo], {
    cwd: root,
    stdio: 'inherit',
    timeout: 300_000,
  });
}

/** A deleted source file must not live on in dist, where it could still be imported. */
function removeStale() {
  const known = new Set(
    files.flatMap((file) =>
      file.endsWith('.ts') ? [file.replace(/\.ts$/, '.js'), file.replace(/\.ts$/, '.js.map')] : [file],
    ),
  );
  for (const file of listFiles(dist)) {
    if (!known.has(file) && !file.startsWith('.') && !file.startsWith('bundle/'))
      rmSync(path.join(dist, file), { force: true });
  }
}

function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const file of paths) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\0${String(mtimeMs)}\0${String(size)}\n`);
  }
  return hash.digest('hex');
}
