import type { Phase, PhaseContext } from '../../model/phase.js';
import { isException, proxyExceptions } from '../../model/seams/proxies.js';
import { directory, file } from '../../resources/index.js';
import { runtimeOf } from '../../runtime/index.js';

/** Sorts behind every other drop-in; src/facts/subjects/proxies/proxies.sh knows the name. */
const NAME = 'zz-kinit-no-proxy';

/**
 * Services take the proxies of systemd's environment, and the kubelet would ask one for the API server. What belongs to the
 * cluster goes without, whatever else stands in NO_PROXY. Static pods take none of it.
 */
export const noProxy: Phase = {
  id: 'no-proxy',
  title: "The cluster's own traffic goes past proxies",
  appliesTo: (context) => proxyExceptions(context).length > 0,
  // What stands there names every host.
  alsoOnOthers: true,
  resources: (context) =>
    [...runtimeOf(context.spec).units, 'kubelet'].flatMap((unit) => {
      const folder = `/etc/systemd/system/${unit}.service.d`;
      // Files of variables go before variables of units, and the last one counts.
      return [
        directory({ path: folder, mode: 0o755 }),
        file({ path: `${folder}/${NAME}.env`, content: environment(context, unit), mode: 0o600 }),
        file({
          path: `${folder}/${NAME}.conf`,
          content: `# Written by kinit: what belongs to the cluster goes past the proxies of this host.\n[Service]\nEnvironmentFile=-${folder}/${NAME}.env\n`,
          mode: 0o600,
        }),
      ];
    }),
};

/** Go and libcurl read one spelling or the other first. */
function environment(context: PhaseContext, unit: string): string {
  const list = exceptions(context, unit).join(',');
  return `NO_PROXY=${list}\nno_proxy=${list}\n`;
}

function exceptions(context: PhaseContext, unit: string): string[] {
  const before = (context.node.facts.proxies ?? [])
    .filter(({ whom, name }) => isException(name) && [unit, 'services', 'logins'].includes(whom))
    .flatMap(({ value }) => value.split(/[\s,]+/));
  const hosts = context.nodes.flatMap(({ spec, address }) => [spec.name, address]);
  // systemd would take apart what has quotes or backslashes in it, and no name or network has.
  const all = [...before, ...proxyExceptions(context), ...hosts].filter((entry) =>
    /^[A-Za-z0-9.:*/_[\]-]+$/.test(entry),
  );
  return [...new Set(all)];
}
