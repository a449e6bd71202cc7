import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { sh, shellScript } from '../../shell/script.js';

/** No pod of this host has a service-account token that was signed with a key which shall go. */
export interface PodTokensResource extends Resource {
  readonly kind: 'podTokens';
  /** Of that key, as it stands in the head of a token. */
  readonly formerKey: string;
  /** The kubelet's, of pods. */
  readonly folder: string;
}

/** Pods with tokens of that key get others: the kubelet, which renews them by itself within the hour, is started again. */
export function podTokens(formerKey: string, folder = PODS): PodTokensResource {
  return { kind: 'podTokens', id: `podTokens:${formerKey}`, formerKey, folder };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const RENEW = shellScript('./renew.sh', import.meta.url);

const PODS = '/var/lib/kubelet/pods';
/** A kubelet looks after the volumes of every pod once in 60 to 90 s (pkg/kubelet: syncFrequency). */
const SECONDS = 240;

export const podTokensKind: ResourceKind<PodTokensResource, readonly string[]> = {
  kind: 'podTokens',
  describe: {
    change: 'Starts the kubelet again, so that pods get other tokens than those of the key',
    subject: asCode,
    undone: 'Pods end with the cluster',
  },
  observe: ({ formerKey, folder }) => sh(OBSERVE, { args: [formerKey, folder] }),
  parse: (_resource, output) => output.split('\n').flatMap((line) => (line.startsWith('pod=') ? [line.slice(4)] : [])),
  diff: (_resource, { length }) =>
    length === 0
      ? { changed: false, reason: 'no pod has a token of the old key' }
      : {
          changed: true,
          change: {
            action: 'run',
            summary: 'restart kubelet, and wait until its pods have other tokens',
            reason: `${length === 1 ? '1 pod has a token' : `${String(length)} pods have tokens`} of the old key`,
          },
        },
  apply: ({ formerKey, folder }) => [
    {
      do: 'script',
      script: sh(RENEW, { args: [formerKey, folder, String(SECONDS)] }),
      silenceSeconds: 120,
    },
  ],
};
