import type { LeftoverRow } from '../../model/seams/leftover.js';

const FOLDER = '/etc/kubernetes/manifests';

/** Pods that the kubelet would start as soon as it runs. */
export const foreignManifests: LeftoverRow = {
  name: 'manifests',
  title: 'Static pods of another cluster',
  harm: 'The kubelet would start them: a second API server, or an address that belongs elsewhere.',
  looks: () => ({ texts: [`${FOLDER}/*`] }),
  find: ({ past, older, mine }) =>
    mine
      ? []
      : past.files
          .filter((file) => file.path.startsWith(`${FOLDER}/`) && file.type !== 'folder' && older(file))
          .map(({ path, written, text = '' }) => ({
            what: path,
            owner: /^\s*-?\s*image: *["']?([^"'\s]{1,100})/m.exec(text)?.[1] ?? 'no image named',
            written,
            severity: 'error' as const,
            aside: { do: 'move' as const, path },
            advice: 'Remove it; one that this cluster shall have is laid there after kinit init.',
          })),
};
