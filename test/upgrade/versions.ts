import type { LabHandle } from '../e2e/support/kinit.js';

/** Both are built from modules: components/kube/go-1.35.mod and go.mod. */
export const FROM = '1.35.4';
export const TO = '1.36.3';
/** The patch version before: go-1.36.2.mod. */
export const PATCH_FROM = '1.36.2';

/** Containers in kube-system that run from an image of the earlier version still. */
export async function namesOfVersion(cluster: LabHandle): Promise<string[]> {
  const text = await cluster.kubectl(
    '-n kube-system get pods -o jsonpath=\'{range .items[*].spec.containers[*]}{.image}{"\\n"}{end}\'',
  );
  return text.split('\n').filter((image) => image.includes(`:v${FROM}`));
}

/** What the steps of an upgrade took, a line each that took a second or more. */
export function secondsOf(
  steps: readonly { readonly host: string; readonly phase: string; readonly seconds: number }[],
): string {
  const byHost = new Map<string, number>();
  for (const { host, seconds } of steps) byHost.set(host, (byHost.get(host) ?? 0) + seconds);
  const lines = steps
    .filter(({ seconds }) => seconds >= 1)
    .map(({ host, phase, seconds }) => `${host} ${phase} ${seconds.toFixed(1)} s`);
  return [...lines, ...[...byHost].map(([host, seconds]) => `${host} together ${seconds.toFixed(1)} s`)].join('\n');
}
