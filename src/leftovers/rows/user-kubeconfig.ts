import type { Leftover, LeftoverRow } from '../../model/seams/leftover.js';
import { kubectlWorksOn, ROOT_KUBECONFIG } from '../../pki/index.js';
import { authorityOf } from '../authority.js';

const ENVIRONMENT = ['/etc/environment', '/etc/profile.d/*.sh'];

/** Where kubectl on the host goes. Only said, where kinit does not write it: kinit and the cluster do not read it. */
export const userKubeconfig: LeftoverRow = {
  name: 'user-kubeconfig',
  title: "kubectl's way to another cluster",
  harm: 'kubectl on this host would talk to another cluster.',
  looks: () => ({ kubeconfigs: [ROOT_KUBECONFIG], texts: ENVIRONMENT }),
  find: ({ spec, isControlPlane, past, older, ours }) =>
    past.files.flatMap((file): Leftover | readonly Leftover[] => {
      const { path, text = '', written } = file;
      // Where kinit writes one itself, another may not be lost, whenever it came.
      const inTheWay = path === ROOT_KUBECONFIG && kubectlWorksOn(spec, isControlPlane);
      if (inTheWay ? past.recorded.includes(`file:${path}`) : !older(file)) return [];
      const named = /^\s*(?:export\s+)?KUBECONFIG=["']?([^"'\n]+)/m.exec(text)?.[1];
      const isEnvironment = path === '/etc/environment' || path.startsWith('/etc/profile.d/');
      const server = /^[ -]*server: *"?([^"\s]{1,200})/m.exec(text)?.[1];
      const owner =
        path === ROOT_KUBECONFIG && !ours(authorityOf(text))
          ? `cluster at ${server ?? 'no address'}`
          : isEnvironment && named !== undefined && !named.startsWith('/etc/kubernetes/')
            ? `KUBECONFIG=${named}`
            : undefined;
      if (owner === undefined) return [];
      if (inTheWay)
        return {
          what: path,
          owner,
          written,
          severity: 'error',
          running: 'error',
          aside: { do: 'move', path, remade: true },
          advice: 'Move it away, or leave this host out of the option kubectl.',
        };
      return [{ what: path, owner, written, severity: 'warning', advice: 'Nothing, if it is meant to be so.' }];
    }),
};
