import type { LeftoverRow } from '../../model/seams/leftover.js';
import { authorityOf } from '../authority.js';

const KUBECONFIG = '/root/.kube/config';
const ENVIRONMENT = ['/etc/environment', '/etc/profile.d/*.sh'];

/** Where kubectl on the host goes. Only said: kinit and the cluster do not read it. */
export const userKubeconfig: LeftoverRow = {
  name: 'user-kubeconfig',
  title: "kubectl's way to another cluster",
  harm: 'kubectl on this host would talk to another cluster.',
  looks: () => ({ kubeconfigs: [KUBECONFIG], texts: ENVIRONMENT }),
  find: ({ past, older, ours }) =>
    past.files.filter(older).flatMap((file) => {
      const { path, text = '', written } = file;
      const named = /^\s*(?:export\s+)?KUBECONFIG=["']?([^"'\n]+)/m.exec(text)?.[1];
      const isEnvironment = path === '/etc/environment' || path.startsWith('/etc/profile.d/');
      const server = /^[ -]*server: *"?([^"\s]{1,200})/m.exec(text)?.[1];
      const owner =
        path === KUBECONFIG && !ours(authorityOf(text))
          ? `cluster at ${server ?? 'no address'}`
          : isEnvironment && named !== undefined && !named.startsWith('/etc/kubernetes/')
            ? `KUBECONFIG=${named}`
            : undefined;
      if (owner === undefined) return [];
      return [
        { what: path, owner, written, severity: 'warning' as const, advice: 'Nothing, if it is meant to be so.' },
      ];
    }),
};
