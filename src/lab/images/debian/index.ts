import type { LabImage } from '../image.js';
import type { ImageName } from '../names.js';

type DebianName = Extract<ImageName, `debian-${string}`>;

/** From Debian 12 on packages see to one /usr for all; the installer of Debian 11 did. */
const MERGED = 'usrmerge';

export const debianImages: Readonly<Record<DebianName, LabImage>> = {
  'debian-11': image('debian-11', 'Debian 11', 'bullseye', [MERGED]),
  'debian-12': image('debian-12', 'Debian 12', 'bookworm'),
  'debian-13': image('debian-13', 'Debian 13', 'trixie'),
};

function image(name: DebianName, title: string, suite: string, packages: readonly string[] = []): LabImage {
  return { name, title, suite, emulated: false, packages };
}
