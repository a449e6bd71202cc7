import type { Phase } from '../../model/phase.js';
import { images as imagesResource } from '../../resources/index.js';

/** The smoke test's image goes along where images come as archives: such a site may have no registry to pull it from. */
export const images: Phase = {
  id: 'images',
  title: 'Container images',
  appliesTo: () => true,
  resources: ({ artifacts, node }) => [
    imagesResource({
      images: artifacts.images.filter(
        ({ on, archive }) =>
          on === 'all' ||
          (on === 'control-plane' && node.isControlPlane) ||
          (on === 'smoke-test' && archive !== undefined),
      ),
    }),
  ],
};
