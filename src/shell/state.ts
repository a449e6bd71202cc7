/** Where kinit keeps what it must remember on a host: undo journal, stamps, markers. Root only, 0700. */
export const STATE_DIR = '/var/lib/kinit';

/** Large files that were brought to a host and have no place of their own there: what takes them from here removes them. */
export const PARTS = `${STATE_DIR}/parts`;

/** Path of a file there that remembers something of a thing with this name, whatever is in the name. */
export function stampPath(folder: 'binaries' | 'revisions', name: string): string {
  return `${STATE_DIR}/${folder}/${name.replaceAll(/[^A-Za-z0-9._@-]/g, '_')}`;
}
