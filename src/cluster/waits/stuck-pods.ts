import type { HostConnection } from '../../model/host.js';

/** Seconds a kubelet may take to end a static pod's old container (its grace period) and start the new one. */
const PATIENCE = 40;

/**
 * A kubelet deletes no pod before it has seen the API server once since it started. So the one that came up with a broken
 * kube-apiserver manifest never replaces it, however right the new one is; started again, it knows only the new one.
 * Restarts the kubelet where a manifest is newer than any pod of its name and old enough. Resolves to whether it did.
 */
export async function restartForStuckPods(host: HostConnection): Promise<boolean> {
  const result = await host.run(SCRIPT, { timeoutSeconds: 90, change: 'restart kubelet' });
  return result.stdout.includes('restarted');
}

const SCRIPT = `(
NOW=$(date +%s)
for M in /etc/kubernetes/manifests/*.yaml; do
  N=\${M##*/}; N=\${N%.yaml}
  P=$(ls -dt /var/log/pods/kube-system_"$N"-*/ 2>/dev/null | head -n 1)
  if [ -n "$P" ] && [ "$M" -nt "$P" ] && [ $((NOW - $(stat -c %Y "$M"))) -gt ${PATIENCE} ]; then systemctl restart kubelet && echo restarted; exit; fi
done
)`;
