import { quote, quoteAll } from '../../shell/quote.js';
import type { Resource, ResourceKind } from '../../model/resource.js';
import { CLEAR_FOLDER } from '../support/clear-folder.js';
import { HOST_PATH, STATE_DIR, subshell } from '../../shell/statements.js';
import { REMOVE_CGROUPS, REMOVE_NETWORK, UNMOUNT } from './scripts.js';

export interface TracesResource extends Resource {
  readonly kind: 'traces';
  /** sh text of the container runtime that stops and removes all pods; it says what it could not, and ends with code 1. */
  readonly stopPods: string;
  /** Shell patterns of what the runtime mounts for pods. */
  readonly mounts: readonly string[];
  /** Network links that a cluster makes. */
  readonly cniInterfaces: readonly string[];
  /** Files and folders that a cluster makes; what was there or in them before is kept. */
  readonly paths: readonly string[];
  /** Routes into it are flannel's (host-gw backend). */
  readonly podCIDR: string | undefined;
}

const MARKER = `${STATE_DIR}/traces`;

/**
 * What a running cluster leaves on a host that no other resource owns: pods, mounts, links, rules, routes, folders.
 * Nothing is done now; what counts is the undo: reset runs it before all others (journal.ts), while the runtime still answers.
 */
export function traces(options: {
  readonly stopPods: string;
  readonly mounts: readonly string[];
  readonly cniInterfaces: readonly string[];
  readonly paths: readonly string[];
  readonly podCIDR?: string;
}): TracesResource {
  return {
    kind: 'traces',
    id: 'traces',
    stopPods: options.stopPods,
    mounts: options.mounts,
    cniInterfaces: options.cniInterfaces,
    paths: options.paths,
    podCIDR: options.podCIDR,
  };
}

export const tracesKind: ResourceKind<TracesResource, { readonly marked: boolean }> = {
  kind: 'traces',
  describe: {
    change: 'Nothing yet: notes links, rules, mounts, folders and kernel settings that are there before a cluster runs',
    undone:
      'Stops the kubelet and removes all pods; unmounts what the kubelet and containerd mounted; removes their control groups, network links, packet filter rules, ipsets, virtual servers, routes and folders; sets back kernel settings that kube-proxy changed',
  },
  observe: () => subshell(`[ ! -e ${MARKER} ] || echo marked`),
  parse: (_r, output) => ({ marked: output.trim() === 'marked' }),
  diff: (_r, seen) =>
    seen.marked
      ? { changed: false, reason: 'reset knows what to clean up' }
      : {
          changed: true,
          change: {
            action: 'create',
            summary: 'note what a cluster will leave behind, for reset',
            reason: 'not noted yet',
          },
        },
  apply: () => [{ do: 'script', script: subshell('umask 077', `mkdir -p ${STATE_DIR} && : > ${MARKER}`) }],
  undo: (r) => ({ save: saveText(r), restore: restoreText(r) }),
};

/** What is there before the cluster is somebody else's: podman has a cni0 and CNI- chains too. */
function saveText(r: TracesResource): string {
  return [
    HOST_PATH,
    ': > "$D/links"; : > "$D/paths"; : > "$D/tables"; : > "$D/routes"; : > "$D/sets"',
    `for L in ${quoteAll(r.cniInterfaces)}; do [ ! -e "/sys/class/net/$L" ] || printf '%s\\n' "$L" >> "$D/links"; done`,
    `N=0; for P in ${quoteAll(r.paths)}; do N=$((N + 1))`,
    '  if [ -e "$P" ] || [ -L "$P" ]; then printf \'%s\\n\' "$P" >> "$D/paths"; fi',
    '  if [ -d "$P" ]; then ls -A -- "$P" > "$D/contents.$N" || exit 1; fi',
    'done',
    saveSysctls,
    'while read -r _ M _; do printf \'%s\\n\' "$M"; done < /proc/self/mounts > "$D/mounts"',
    '{ nft list tables 2>/dev/null || :; } > "$D/tables"',
    'while read -r TABLE; do nft -s list $TABLE 2>/dev/null | sed -n "s/^[[:space:]]*chain \\([A-Z]*\\) {$/$TABLE \\1/p"; done < "$D/tables" > "$D/chains"',
    'systemctl -q is-active network-online.target || : > "$D/not-online"',
    ...(r.podCIDR === undefined ? [] : [`{ ip route show root ${quote(r.podCIDR)} 2>/dev/null || :; } > "$D/routes"`]),
    'if { iptables-save -t nat || :; } 2>/dev/null | grep -q "^:CNI-"; then : > "$D/cni-chains"; fi',
  ].join('\n');
}

/**
 * Kernel settings that the programs of a cluster change by themselves: kube-proxy (cmd/kube-proxy/app/conntrack.go,
 * pkg/proxy/iptables, pkg/proxy/ipvs) and the bridge plugin. Those kinit sets are resources of their own.
 */
const SYSCTLS = [
  'net.ipv4.conf.all.route_localnet',
  'net.ipv4.conf.all.arp_ignore',
  'net.ipv4.conf.all.arp_announce',
  'net.ipv4.vs.conntrack',
  'net.ipv4.vs.conn_reuse_mode',
  'net.ipv4.vs.expire_nodest_conn',
  'net.ipv4.vs.expire_quiescent_template',
  'net.ipv6.conf.all.forwarding',
  'net.netfilter.nf_conntrack_max',
  'net.netfilter.nf_conntrack_tcp_be_liberal',
  'net.netfilter.nf_conntrack_tcp_timeout_established',
  'net.netfilter.nf_conntrack_tcp_timeout_close_wait',
  'net.netfilter.nf_conntrack_udp_timeout',
  'net.netfilter.nf_conntrack_udp_timeout_stream',
].map((key) => key.replaceAll('.', '/'));

const saveSysctls = `for K in ${SYSCTLS.join(' ')}; do [ ! -r "/proc/sys/$K" ] || printf '%s %s\\n' "$K" "$(cat < "/proc/sys/$K")"; done > "$D/sysctls"`;
/** Not every value may be written from everywhere (in a container, conntrack's limits are the machine's): only what differs is. */
const restoreSysctls =
  'while read -r K V; do [ ! -e "/proc/sys/$K" ] || [ "$(cat < "/proc/sys/$K")" = "$V" ] || printf \'%s\\n\' "$V" > "/proc/sys/$K" || bad "$K could not be set to $V again"; done < "$D/sysctls"';

function restoreText(r: TracesResource): string {
  return [
    HOST_PATH,
    'LC_ALL=C; export LC_ALL; FAILED=0',
    'bad() { echo "$1"; FAILED=1; }',
    'was_there() { grep -qxF -e "$2" "$D/$1" 2>/dev/null; }',
    // The kubelet would start them again.
    'timeout 120 systemctl stop kubelet.service > /dev/null 2>&1 || :',
    `${r.stopPods} || FAILED=1`,
    UNMOUNT,
    `unmount_cluster ${quoteAll(r.mounts)}`,
    REMOVE_CGROUPS,
    'remove_cgroups',
    REMOVE_NETWORK,
    `remove_network ${quote(r.podCIDR ?? '')} ${quoteAll(r.cniInterfaces)}`,
    CLEAR_FOLDER,
    `N=0; for P in ${quoteAll(r.paths)}; do N=$((N + 1))`,
    '  L=; [ ! -e "$D/contents.$N" ] || L="$D/contents.$N"',
    '  if [ -d "$P" ] && { [ ! -L "$P" ] || [ -n "$L" ]; }; then clear_folder "$P" "$L" || bad "$P could not be emptied"; fi',
    '  was_there paths "$P" && continue',
    '  if [ -d "$P" ] && [ ! -L "$P" ]; then rmdir -- "$P" 2>/dev/null; else rm -f -- "$P" || bad "$P could not be removed"; fi',
    'done',
    restoreSysctls,
    // The kubelet's unit asks for it; on many hosts nothing else does.
    '[ ! -e "$D/not-online" ] || timeout 30 systemctl stop network-online.target',
    `[ "$FAILED" -ne 0 ] || rm -f -- ${MARKER}`,
    'exit "$FAILED"',
  ].join('\n');
}
