import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files an absolute path with *, ? and [...] stands for, in order of their names (glob(7)). */
export async function expandGlob(path: string): Promise<string[]> {
  let found = ['/'];
  for (const part of path.split('/').filter((name) => name !== '')) {
    found = (await Promise.all(found.map((folder) => expandPart(folder, part)))).flat();
  }
  return found;
}

async function expandPart(folder: string, part: string): Promise<string[]> {
  if (!/[*?[]/.test(part)) {
    const path = join(folder, part);
    return (await stat(path).catch(() => undefined)) === undefined ? [] : [path];
  }
  const matches = globExpression(part);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => matches.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .sort()
    .map((name) => join(folder, name));
}

/** For one part of a path, and for host patterns of ssh_config, which know only * and ?. */
export function globExpression(pattern: string, options: { readonly classes: boolean } = { classes: true }): RegExp {
  const text = pattern.replaceAll(/\[!?[^\]]+\]|[\s\S]/g, (piece) => {
    if (piece.length > 1 && options.classes)
      return `[${piece.startsWith('[!') ? '^' : ''}${piece.slice(piece.startsWith('[!') ? 2 : 1, -1).replaceAll(/[\\^]/g, '\\$&')}]`;
    return [...piece]
      .map((char) => (char === '*' ? '.*' : char === '?' ? '.' : char.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')))
      .join('');
  });
  return new RegExp(`^${text}$`, 's');
}
