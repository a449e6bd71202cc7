#!/usr/bin/env node
// Plain old syntax up to the version check: it has to be readable by the Node versions it turns away.
import { existsSync } from 'node:fs';
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
} else {
  const { runAsProcess } = await import(main.href);
  await runAsProcess();
}
