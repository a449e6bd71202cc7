import type { HostEvidence } from '../evidence.js';

export interface FileSystem {
  readonly mount: string;
  readonly usedPercent: number;
  readonly availableMB: number;
  readonly inodesUsedPercent: number;
}

/** The file systems a node writes to, each once. */
export function fileSystems({ text }: HostEvidence): FileSystem[] {
  const inodes = new Map(rows(text['disk'] ?? '', 'inodes').map((row) => [row.mount, row.percent]));
  return rows(text['disk'] ?? '', 'space').map(({ mount, percent, available }) => ({
    mount,
    usedPercent: percent,
    availableMB: Math.floor(available / 1024),
    inodesUsedPercent: inodes.get(mount) ?? 0,
  }));
}

/** 'space /dev/sda1 1000 900 100 90% /var' as df -P prints it. */
function rows(
  text: string,
  kind: string,
): { readonly mount: string; readonly percent: number; readonly available: number }[] {
  return text.split('\n').flatMap((line) => {
    const match = new RegExp(`^${kind} .*?\\s(\\d+)\\s+(\\d+)\\s+(-?\\d+)\\s+(\\d+)%\\s+(/.*)$`).exec(line);
    return match === null ? [] : [{ available: Number(match[3]), percent: Number(match[4]), mount: match[5] ?? '' }];
  });
}
