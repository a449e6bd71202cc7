import { isDeepStrictEqual } from 'node:util';
import { isMember } from '../../model/facts.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { givenProxies, inventoryProxies, isException, OF_KINIT, proxyExceptions } from '../../model/seams/proxies.js';
import { directory, file } from '../../resources/index.js';
import { runtimeOf } from '../../runtime/index.js';

/** Sorts behind every other drop-in; src/facts/subjects/proxies/proxies.sh knows the name. */
const NAME = 'zz-kinit-no-proxy';

/**
 * The runtime and the kubelet get the proxies of the inventory, besides those of systemd's environment. What belongs to the
 * cluster goes without, whatever else stands in NO_PROXY: the kubelet would ask a proxy for the API server. Static pods take
 * none of it. Where the inventory names a proxy no more, the one that was given goes.
 */
export const noProxy: Phase = {
  id: 'no-proxy',
  title: "Proxies, which the cluster's own traffic goes past",
  appliesTo: (context) => proxyExceptions(context).length > 0 || givenProxies(context.node.facts.proxies).length > 0,
  // What stands there names every host.
  alsoOnOthers: true,
  resources: (context) =>
    proxiesComeInTurn(context) ? [] : unitsOf(context).flatMap((unit) => proxyFiles(context, unit)),
};

const unitsOf = ({ spec }: PhaseContext): readonly string[] => [...runtimeOf(spec).units, 'kubelet'];

/** What a unit is started with. */
export function proxyFiles(context: PhaseContext, unit: string): readonly Resource[] {
  const folder = `/etc/systemd/system/${unit}.service.d`;
  // Files of variables go before variables of units, and the last one counts.
  return [
    directory({ path: folder, mode: 0o755 }),
    file({ path: `${folder}/${NAME}.env`, content: environment(context, unit), mode: 0o600 }),
    file({
      path: `${folder}/${NAME}.conf`,
      content: `# Written by kinit: proxies, and what belongs to the cluster and goes past them.\n[Service]\nEnvironmentFile=-${folder}/${NAME}.env\n`,
      mode: 0o600,
    }),
  ];
}

/**
 * On a node that runs, other proxies are written by the phases that start its runtime and its kubelet with them, in the node's turn. Where only
 * hosts have come, nothing is started anew, and the lists are written beforehand.
 */
export function proxiesComeInTurn(context: PhaseContext): boolean {
  if (!noProxy.appliesTo(context) || !isMember(context.node.facts)) return false;
  const given = (context.node.facts.proxies ?? []).filter(({ whom, value }) => whom === OF_KINIT && value !== '');
  const proxies = Object.fromEntries(
    given.filter(({ name }) => !isException(name)).map(({ name, value }) => [name, value]),
  );
  if (!isDeepStrictEqual(proxies, inventoryProxies(context.spec))) return true;
  const before = new Set(given.filter(({ name }) => isException(name)).flatMap(({ value }) => value.split(/[\s,]+/)));
  const wanted = new Set(unitsOf(context).flatMap((unit) => exceptions(context, unit)));
  const hosts = hostsOf(context);
  return (
    [...before].some((entry) => !wanted.has(entry)) ||
    [...wanted].some((entry) => !before.has(entry) && !hosts.includes(entry))
  );
}

/** Go and libcurl read one spelling or the other first. */
function environment(context: PhaseContext, unit: string): string {
  if (proxyExceptions(context).length === 0) return '';
  const list = exceptions(context, unit).join(',');
  const variables = { ...inventoryProxies(context.spec), NO_PROXY: list, no_proxy: list };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function exceptions(context: PhaseContext, unit: string): string[] {
  const before = (context.node.facts.proxies ?? [])
    .filter(({ whom, name }) => isException(name) && [unit, 'services', 'logins'].includes(whom))
    .flatMap(({ value }) => value.split(/[\s,]+/));
  // systemd would take apart what has quotes or backslashes in it, and no name or network has.
  const all = [...before, ...proxyExceptions(context), ...hostsOf(context)].filter((entry) =>
    /^[A-Za-z0-9.:*/_[\]-]+$/.test(entry),
  );
  return [...new Set(all)];
}

const hostsOf = ({ nodes }: PhaseContext): readonly string[] =>
  nodes.flatMap(({ spec, address }) => [spec.name, address]);
