// Writes the generated docs: docs/inventory.md from the inventory's schema, docs/phases.md from the list of phases,
// docs/requirements.md from preflight's table, docs/host-changes.md from their resources, docs/troubleshooting.md from the table of causes,
// docs/events.md and docs/events.schema.json from the events' schema.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const built = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.js')], { stdio: 'inherit' });
if (built.status !== 0) process.exit(1);

const { inventoryReference } = await import('../dist/inventory/reference.js');
const { hostChangesReference } = await import('../dist/cli/reference/host-changes/page.js');
const { eventsReference, eventsSchema } = await import('../dist/cli/reference/events.js');
const { phasesReference } = await import('../dist/cli/reference/phases.js');
const { requirementsReference } = await import('../dist/preflight/reference.js');
const { troubleshootingReference } = await import('../dist/doctor/reference.js');
write('docs/inventory.md', inventoryReference());
write('docs/phases.md', phasesReference());
write('docs/requirements.md', requirementsReference());
write('docs/host-changes.md', hostChangesReference());
write('docs/troubleshooting.md', troubleshootingReference());
write('docs/events.md', eventsReference());
write('docs/events.schema.json', `${JSON.stringify(eventsSchema(), null, 2)}\n`);

function write(file, text) {
  writeFileSync(path.join(root, file), text);
  console.log(`written: ${file}`);
}
