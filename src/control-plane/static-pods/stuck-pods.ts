import type { HostConnection } from '../../model/host.js';
import { sh, shellScript } from '../../shell/script.js';

/** Seconds a kubelet may take to end a static pod's old container (its grace period) and start the new one. */
const PATIENCE = 40;

/**
 * A kubelet deletes no pod before it has seen the API server once since it started. So the one that came up with a broken
 * kube-apiserver manifest never replaces it, however right the new one is; started again, it knows only the new one.
 * Restarts the kubelet where a manifest is newer than any pod of its name and old enough. Resolves to whether it did.
 */
export async function restartForStuckPods(host: HostConnection): Promise<boolean> {
  const result = await host.run(sh(script, { args: [String(PATIENCE)] }), {
    timeoutSeconds: 90,
    change: 'restart kubelet',
  });
  return result.stdout.includes('restarted');
}

const script = shellScript('./stuck-pods.sh', import.meta.url);
