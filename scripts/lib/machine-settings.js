// Kernel settings that the lab's hosts share with this machine and kinit sets. While one test's reset puts them back, another
// test's cluster would find them changed; so they have their value before the first host is up, and nobody changes them.
import { readFileSync, writeFileSync } from 'node:fs';

const WANTED = { 'kernel/panic': 10, 'kernel/panic_on_oops': 1, 'vm/overcommit_memory': 1, 'vm/panic_on_oom': 0 };

/** Sets them; the function that it gives puts them back as they were. */
export function holdMachineSettings() {
  const before = Object.keys(WANTED).map((name) => [name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()]);
  set(Object.entries(WANTED));
  return () => set(before);
}

function set(settings) {
  for (const [name, value] of settings) writeFileSync(`/proc/sys/${name}`, `${String(value)}\n`);
}
