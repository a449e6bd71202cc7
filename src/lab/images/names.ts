/** Systems that lab hosts can have, by the name a user gives. */
export const IMAGE_NAMES = [
  'debian-11',
  'debian-12',
  'debian-13',
  'ubuntu-22.04',
  'ubuntu-24.04',
  'rocky-9',
  'centos-7',
] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];
export const DEFAULT_IMAGE: ImageName = 'debian-12';
