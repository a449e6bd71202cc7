import { parse } from 'yaml';
import { text as textOf } from '../../cluster/api/json.js';
import type { PastFile } from '../../model/past.js';
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

/** A copy beside the manifest it was made of: the kubelet takes it for another one of that pod. */
export const doubledManifests: LeftoverRow = {
  name: 'manifest-copies',
  title: 'A second manifest of one static pod',
  harm: 'The kubelet reads every file there that does not begin with a dot; of two that define one pod it runs either, whatever its name.',
  looks: () => ({ texts: [`${FOLDER}/*`] }),
  find: ({ past, older, mine }) => {
    const manifests = past.files
      .filter(({ path, type }) => path.startsWith(`${FOLDER}/`) && type !== 'folder')
      .map((file) => ({ file, pod: podIn(file) }));
    return manifests
      .filter(({ file, pod }) => pod !== undefined && (mine || !older(file)) && !isFirst(file, pod, manifests))
      .map(({ file: { path, written }, pod = '' }) => ({
        what: path,
        owner: `pod ${pod}, as ${firstOf(pod, manifests)?.file.path ?? ''}`,
        written,
        severity: 'error' as const,
        running: 'error' as const,
        aside: { do: 'move' as const, path },
        advice: `Move it out of that folder: mv ${path} /root/.`,
      }));
  },
};

interface Defining {
  readonly file: PastFile;
  readonly pod: string | undefined;
}

/** The one that is meant, of all that define a pod: it has its name. */
function firstOf(pod: string, all: readonly Defining[]): Defining | undefined {
  const same = all.filter((each) => each.pod === pod);
  return same.find(({ file }) => file.path === `${FOLDER}/${pod.split('/')[1] ?? ''}.yaml`) ?? same[0];
}

function isFirst(file: PastFile, pod: string | undefined, all: readonly Defining[]): boolean {
  return pod === undefined || firstOf(pod, all)?.file === file;
}

/** 'NAMESPACE/NAME' of the pod in a manifest, YAML or JSON; undefined where it is none. */
function podIn({ text = '' }: PastFile): string | undefined {
  const pod = tryParse(text);
  const name = textOf(pod, 'metadata', 'name');
  if (textOf(pod, 'kind') !== 'Pod' || name === undefined) return undefined;
  return `${textOf(pod, 'metadata', 'namespace') ?? 'default'}/${name}`;
}

function tryParse(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
