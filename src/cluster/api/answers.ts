import { request } from 'node:https';

/** A server that takes longer is no way to the cluster now. */
const SECONDS = 3;
/** Ready; or it does not say to whom it does not know, and has answered. */
const ANSWERS = [200, 401, 403];

/**
 * Whether an API server is ready for whoever asks from this machine: /readyz, which it shows to all (kubeadm and stock clusters bind
 * system:public-info-viewer). Never throws.
 * @param server https://host:port
 */
export function answersHere(server: string, caPem: string, seconds = SECONDS): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(seconds * 1000);
    const asked = request(`${server}/readyz`, { ca: caPem, agent: false, signal }, (answer) => {
      answer.resume();
      resolve(ANSWERS.includes(answer.statusCode ?? 0));
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
