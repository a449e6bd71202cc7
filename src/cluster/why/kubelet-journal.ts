/** What a kubelet logs as errors on every healthy start. */
const NOISE = [
  'Failed to set rlimit on max file handles',
  'Failed to read data from checkpoint',
  'failed to check if we have separate container filesystem',
  'Failed to ensure process in container with oom score',
  'Unable to register mirror pod because node is not registered yet',
  'Error getting the current node from lister',
  'Unable to read config path',
  'cannot get CSINode',
  'Failed to ensure lease exists',
  'Error getting node',
  'nodes have not yet been read',
  'Failed to contact API server when waiting for CSINode',
  // Of what init does later: pods have no network before the control plane is up.
  'container runtime network not ready',
  'Container runtime network not ready',
  'cni plugin not initialized',
  'cni config uninitialized',
  'Error updating node status',
  'Eviction manager: failed to get summary stats',
  'Skipping pod synchronization',
  'Server rejected event',
  'No need to create a mirror pod',
  'Failed to get node when trying to set owner ref to the node lease',
];

/** After these the kubelet exits without a word more (initializeModules and initializeRuntimeDependentModules of kubelet.go). */
const LAST_WORDS = /"Failed to (start ContainerManager|start cAdvisor|initialize internal modules)"/;

/**
 * The line of a kubelet's journal that names the cause: what ended it, else its first error that a healthy start does not log too.
 * klog's head (severity, time, process id, place) is cut off.
 */
export function firstKubeletError(journal: string): string | undefined {
  const lines = journal.split('\n');
  const fatal = lines.findLast(
    (line) =>
      line.includes('"command failed"') ||
      line.includes('failed to run Kubelet') ||
      LAST_WORDS.test(line) ||
      /^F\d{4} /.test(line) ||
      line.startsWith('panic:') ||
      line.startsWith('Error:'),
  );
  const error = lines.find((line) => /^E\d{4} /.test(line) && !NOISE.some((noise) => line.includes(noise)));
  const found = fatal ?? error;
  return found === undefined ? undefined : withoutKlogHead(found);
}

/** Why the kubelet cannot start a static pod's container, in its last words about it; a pause between two starts is no reason. */
export function podTrouble(journal: string, name: string): string | undefined {
  const about = new RegExp(`"Error syncing pod, skipping" err="((?:[^"\\\\]|\\\\.)*)" pod="[^"/]*/${name}-`);
  const words = journal.split('\n').flatMap((line) => about.exec(line)?.[1] ?? []);
  return words.findLast((each) => !each.includes('CrashLoopBackOff'))?.replaceAll(/\\(["\\])/g, '$1');
}

/** A log line without klog's head: severity, time, process id, place in the source. */
export function withoutKlogHead(line: string): string {
  return line.replace(/^[IWEF]\d{4} \S+\s+\d+ \S+\] /, '').trim();
}
