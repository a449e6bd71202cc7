import { quote, quoteAll } from '../model/quote.js';
import type { Resource, ResourceKind } from '../model/resource.js';
import { CLEAR_FOLDER } from './clear-folder.js';
import { HOST_PATH, STATE_DIR, subshell } from './shell.js';
import { REMOVE_NETWORK, STOP_PODS, UNMOUNT } from './traces-scripts.js';

export interface TracesResource extends Resource {
  readonly kind: 'traces';
  /** Network links that a cluster makes. */
  readonly cniInterfaces: readonly string[];
  /** Files and folders that a cluster makes; those that were there with something in them before are kept. */
  readonly paths: readonly string[];
  /** Routes into it are flannel's (host-gw backend). */
  readonly podCIDR: string | undefined;
}

/** Always among the paths: what the kubelet keeps. */
const KUBELET = '/var/lib/kubelet';
const MARKER = `${STATE_DIR}/traces`;

/**
 * What a running cluster leaves on a host that no other resource owns: pods, mounts, links, rules, routes, folders.
 * Nothing is done now; what counts is the undo: reset runs it before all others (journal.ts), while containerd still answers.
 */
export function traces(options: { readonly cniInterfaces: readonly string[]; readonly paths: readonly string[]; readonly podCIDR?: string }): TracesResource {
  return { kind: 'traces', id: 'traces', cniInterfaces: options.cniInterfaces, paths: [...new Set([...options.paths, KUBELET])], podCIDR: options.podCIDR };
}

export const tracesKind: ResourceKind<TracesResource, { readonly marked: boolean }> = {
  kind: 'traces',
  observe: () => subshell(`[ ! -e ${MARKER} ] || echo marked`),
  parse: (_r, output) => ({ marked: output.trim() === 'marked' }),
  diff: (_r, seen) =>
    seen.marked
      ? { changed: false, reason: 'reset knows what to clean up' }
      : { changed: true, change: { action: 'create', summary: 'note what a cluster will leave behind, for reset', reason: 'not noted yet' } },
  apply: () => [{ do: 'script', script: subshell('umask 077', `mkdir -p ${STATE_DIR} && : > ${MARKER}`) }],
  undo: (r) => ({ save: saveText(r), restore: restoreText(r) }),
};

/** What is there before the cluster is somebody else's: podman has a cni0 and CNI- chains too. */
function saveText(r: TracesResource): string {
  return [
    HOST_PATH,
    ': > "$D/links"; : > "$D/paths"; : > "$D/tables"; : > "$D/routes"; : > "$D/sets"',
    `for L in ${quoteAll(r.cniInterfaces)}; do [ ! -e "/sys/class/net/$L" ] || printf '%s\\n' "$L" >> "$D/links"; done`,
    `for P in ${quoteAll(r.paths)}; do`,
    '  if [ -d "$P" ]; then',
    '    printf \'folder %s\\n\' "$P" >> "$D/paths"',
    '    [ -z "$(find "$P/" -mindepth 1 -maxdepth 1 ! -name lost+found | head -n 1)" ] || printf \'%s\\n\' "$P" >> "$D/paths"',
    '  elif [ -e "$P" ] || [ -L "$P" ]; then printf \'%s\\n\' "$P" >> "$D/paths"; fi',
    'done',
    'while read -r _ M _; do printf \'%s\\n\' "$M"; done < /proc/self/mounts > "$D/mounts"',
    '{ nft list tables 2>/dev/null || :; } > "$D/tables"',
    ...(r.podCIDR === undefined ? [] : [`{ ip route show root ${quote(r.podCIDR)} 2>/dev/null || :; } > "$D/routes"`]),
    'if { iptables-save -t nat || :; } 2>/dev/null | grep -q "^:CNI-"; then : > "$D/cni-chains"; fi',
  ].join('\n');
}

function restoreText(r: TracesResource): string {
  return [
    HOST_PATH,
    'LC_ALL=C; export LC_ALL; FAILED=0',
    'bad() { echo "$1"; FAILED=1; }',
    'was_there() { grep -qxF -e "$2" "$D/$1" 2>/dev/null; }',
    STOP_PODS,
    'stop_pods',
    UNMOUNT,
    'unmount_cluster',
    REMOVE_NETWORK,
    `remove_network ${quote(r.podCIDR ?? '')} ${quoteAll(r.cniInterfaces)}`,
    CLEAR_FOLDER,
    `for P in ${quoteAll(r.paths)}; do`,
    '  was_there paths "$P" && continue',
    '  if [ -d "$P" ] && [ ! -L "$P" ]; then clear_folder "$P" || bad "$P could not be emptied"; was_there paths "folder $P" || rmdir -- "$P" 2>/dev/null',
    '  else rm -f -- "$P" || bad "$P could not be removed"; fi',
    'done',
    `[ "$FAILED" -ne 0 ] || rm -f -- ${MARKER}`,
    'exit "$FAILED"',
  ].join('\n');
}
