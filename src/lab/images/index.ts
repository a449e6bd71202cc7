import { debianImages } from './debian/index.js';
import type { LabImage } from './image.js';
import type { ImageName } from './names.js';
import { redhatImages } from './redhat/index.js';
import { ubuntuImages } from './ubuntu/index.js';

/** The only list of images. */
export const IMAGES: Readonly<Record<ImageName, LabImage>> = {
  ...debianImages,
  ...ubuntuImages,
  ...redhatImages,
};

/** The system of a lab's hosts, for people: an emulation is always called one. */
export function labTitle({ image }: { readonly image: ImageName }): string {
  return IMAGES[image].title;
}
