#!/usr/bin/env node
// Plain old syntax up to the version check: it has to be readable by the Node versions it turns away.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/cli/main.js', import.meta.url);
const major = Number(process.versions.node.split('.')[0]);

if (major < 20) {
  console.error(`kinit needs Node.js 20 or newer; this is ${process.versions.node}.`);
  process.exitCode = 10;
} else if (!existsSync(fileURLToPath(main))) {
  console.error('kinit is not built yet. In its folder, type: npm ci && npm run build');
  process.exitCode = 10;
} else {
  const { runAsProcess } = await import(main.href);
  await runAsProcess();
}
