import type { Phase } from '../../model/phase.js';
import * as runtime from '../../runtime/index.js';

/** The smoke test's image goes along where images come as archives: such a site may have no registry to pull it from. */
export const images: Phase = {
  id: 'images',
  title: 'Container images',
  appliesTo: () => true,
  resources: ({ spec, artifacts, node }) => [
    runtime.images({
      runtime: runtime.runtimeOf(spec).id,
      images: artifacts.images.filter(
        ({ on, archive }) =>
          on === 'all' ||
          (on === 'control-plane' && node.isControlPlane) ||
          (on === 'smoke-test' && archive !== undefined),
      ),
    }),
  ],
};
