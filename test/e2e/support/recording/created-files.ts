/** What strace saw of one file: the widest rights it ever had, from its first moment on. */
export interface FileHistory {
  /** All permission bits it had at any time. */
  readonly everHad: number;
}

/**
 * Reads the logs of `strace -ff -ttt` (one a process): files that were created, with the rights the kernel gave them then
 * (mode and umask) and later, under the name they have in the end.
 */
export function fileHistories(logs: ReadonlyMap<number, string>): Map<string, FileHistory> {
  const umasks = new Map<number, number>();
  const files = new Map<string, { everHad: number }>();
  const lines = [...logs].flatMap(([pid, text]) => text.split('\n').flatMap((line) => parse(pid, line)));
  for (const { pid, call, args, result } of lines.sort((one, other) => one.at - other.at)) {
    if (result < 0) continue;
    const umask = umasks.get(pid) ?? 0o022;
    const [first = '', second = ''] = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
    const mode = parseInt(/, 0([0-7]+)\b[^,]*$/.exec(args)?.[1] ?? '', 8);
    if (call === 'umask') umasks.set(pid, parseInt(args, 8));
    else if (/^(clone3?|v?fork)$/.test(call)) umasks.set(result, umask);
    else if (/^openat?$/.test(call) && args.includes('O_CREAT')) {
      if (args.includes('O_EXCL') || !files.has(first)) files.set(first, { everHad: mode & ~umask });
    } else if (call.includes('chmod') && files.has(first)) {
      const file = files.get(first);
      if (file !== undefined) file.everHad |= mode;
    } else if (call.startsWith('rename')) {
      const file = files.get(first);
      if (file !== undefined) files.set(second, file);
    }
  }
  return files;
}

interface Line {
  readonly pid: number;
  readonly at: number;
  readonly call: string;
  readonly args: string;
  readonly result: number;
}

function parse(pid: number, line: string): Line[] {
  const match = /^(\d+\.\d+) (\w+)\((.*)\) += (-?\d+)/.exec(line);
  if (match === null) return [];
  const [, at = '', call = '', args = '', result = ''] = match;
  return [{ pid, at: Number(at), call, args, result: Number(result) }];
}
