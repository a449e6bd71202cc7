/** Where kinit keeps what it must remember on a host: undo journal, stamps, markers. Root only, 0700. */
export const STATE_DIR = '/var/lib/kinit';

/** What is on its way to a host, under its SHA-256: uploads that were cut go on from it. Nothing stays where it went on to its place. */
export const PARTS = `${STATE_DIR}/parts`;

/** Path of a file there that remembers something of a thing with this name, whatever is in the name. */
export function stampPath(folder: 'binaries' | 'revisions', name: string): string {
  return `${STATE_DIR}/${folder}/${name.replaceAll(/[^A-Za-z0-9._@-]/g, '_')}`;
}
