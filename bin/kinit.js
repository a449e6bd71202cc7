#!/usr/bin/env node
// Plain old syntax up to the version check: it has to be readable by the Node versions it turns away.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/bundle/main.js', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);
// What the libraries need that read the command line: the same as "engines" in package.json.
const isOld = major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12);

if (isOld) {
  console.error(`kinit needs Node.js 20.19, 22.12 or newer; this is ${process.versions.node}.`);
  process.exitCode = 10;
} else if (!existsSync(fileURLToPath(main))) {
  console.error('kinit is not built yet. In its folder, type: npm ci && npm run build');
  process.exitCode = 10;
} else if (!hasFolder()) {
  console.error(
    'The folder you are in is not there any more, or closed to you. Go to another one (cd), and call kinit again.',
  );
  process.exitCode = 10;
} else {
  // Newer ones keep what they compiled for the next start. In the user's own folder: whoever writes there has what he runs.
  module.enableCompileCache?.(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kinit', 'compiled'));
  const { runAsProcess } = await import(main.href);
  await runAsProcess();
}

/** Whether the current folder can be told: every path is read from there. */
function hasFolder() {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}
