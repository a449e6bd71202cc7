import type { HostPast, PastFile } from '../../src/model/past.js';

/** A host that nobody has used before, but for what is given. */
export function pastOf(more: Partial<HostPast> = {}): HostPast {
  return {
    now: 2_000_000_000,
    recorded: [],
    files: [],
    links: [],
    chains: [],
    units: [],
    sysctls: [],
    places: [],
    ...more,
  };
}

export function fileOf(path: string, more: Partial<PastFile> = {}): PastFile {
  return { path, type: 'file', changed: 1_000_000_000, written: 1_000_000_000, owner: 'root', ...more };
}
