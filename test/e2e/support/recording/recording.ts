import { readFileSync } from 'node:fs';
import type { LabHandle } from '../kinit.js';

/** All that was seen on a host: sections ("file", "unit", "nft", ...) of keys with what was there. */
export type Recording = ReadonlyMap<string, ReadonlyMap<string, string>>;

const SCRIPT = readFileSync(new URL('record-host.sh', import.meta.url), 'utf8');

/** Records files, units, sysctls, mounts, links, rules, modules, users, packages, processes and control groups of a host. */
export async function record(lab: LabHandle, host: string): Promise<Recording> {
  const { stdout } = await lab.sh(host, SCRIPT, { timeoutSeconds: 180 });
  const recording = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    if (line.startsWith('== ')) {
      section = new Map();
      recording.set(line.slice(3), section);
    } else if (line !== '') {
      const [key = '', ...value] = line.split('\t');
      section.set(key, value.join(' '));
    }
  }
  for (const wanted of ['file', 'unit', 'sysctl', 'mount', 'link', 'route', 'user', 'package', 'process', 'cgroup']) {
    if ((recording.get(wanted)?.size ?? 0) === 0)
      throw new Error(`the recording of ${host} has no ${wanted}: it would be equal to anything`);
  }
  return recording;
}

/** One line for each thing that differs, '' for none, so that a failed comparison shows all of them. */
export function differences(
  before: Recording,
  after: Recording,
  ignored: (section: string, key: string) => boolean = () => false,
): string {
  const lines: string[] = [];
  for (const section of new Set([...before.keys(), ...after.keys()])) {
    const old = before.get(section) ?? new Map<string, string>();
    const now = after.get(section) ?? new Map<string, string>();
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      if (old.get(key) === now.get(key) || ignored(section, key)) continue;
      lines.push(`${section} ${key}: ${old.get(key) ?? '(absent)'} -> ${now.get(key) ?? '(absent)'}`);
    }
  }
  return lines.sort().join('\n');
}
