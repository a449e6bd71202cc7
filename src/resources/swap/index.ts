import { quoteAll } from '../../shell/quote.js';
import type { Resource, ResourceKind } from '../../model/resource.js';
import { sedFile } from '../support/edit.js';
import { HOST_PATH, fail, parseList, subshell } from '../../shell/statements.js';

export interface SwapOffResource extends Resource {
  readonly kind: 'swap';
}

export interface SwapSeen {
  /** Devices and files in use as swap now. */
  readonly active: readonly string[];
  /** Swap lines of /etc/fstab that are not commented out. */
  readonly fstab: readonly string[];
  /** systemd .swap units that would come back at boot and do not stem from /etc/fstab. */
  readonly units: readonly string[];
  /** Services that make swap at boot (zram and the like). */
  readonly services: readonly string[];
}

/** No swap, now and after a reboot. */
export function swapOff(): SwapOffResource {
  return { kind: 'swap', id: 'swap' };
}

/** In front of a swap line in /etc/fstab that kinit switched off. */
const MARK = '#kinit# ';
/** The third field of a line that is no comment is 'swap' (fstab(5)). */
const FSTAB_SWAP = '[[:space:]]*[^#[:space:]][^[:space:]]*[[:space:]]+[^[:space:]]+[[:space:]]+swap([[:space:]].*)?';
const SERVICES = ['zramswap.service', 'zram-config.service', 'dphys-swapfile.service', 'swapspace.service'];

const FIND_UNITS = [
  'swap_units() {',
  '  for U in /etc/systemd/system/*.swap /run/systemd/generator.early/*.swap /run/systemd/generator/*.swap /run/systemd/generator.late/*.swap /run/systemd/system/*.swap /usr/lib/systemd/system/*.swap /lib/systemd/system/*.swap; do',
  '    [ -e "$U" ] && [ "$(readlink -f -- "$U")" != /dev/null ] || continue',
  '    N=${U##*/}; [ "$(readlink -- "/etc/systemd/system/$N")" != /dev/null ] || continue',
  '    grep -qs "^SourcePath=/etc/fstab" "$U" || printf \'%s\\n\' "$N"',
  '  done | sort -u',
  '}',
  // zram-generator makes dev-zramN.swap and the service that sets the device up.
  'zram_setups() { swap_units | sed -n "s/^dev-\\(zram[0-9]*\\)\\.swap$/systemd-zram-setup@\\1.service/p"; }',
].join('\n');

export const swapKind: ResourceKind<SwapOffResource, SwapSeen> = {
  kind: 'swap',
  describe: {
    change: 'Turns swap off: `swapoff`, lines in `/etc/fstab`, swap units and services that make swap',
    undone: 'All of it comes back, and swap that was on is turned on',
  },
  observe: () =>
    subshell(
      FIND_UNITS,
      'while read -r F _; do case "$F" in Filename|"") ;; *) printf \'active=%s\\n\' "$F";; esac; done < /proc/swaps',
      `[ ! -r /etc/fstab ] || sed -nE 's/^(${FSTAB_SWAP})$/fstab=\\1/p' /etc/fstab`,
      'swap_units | sed "s/^/unit=/"',
      // Enabled is a link in a .wants folder: no systemctl for what no host has.
      `for U in ${quoteAll(SERVICES)}; do for W in /etc/systemd/system/*.wants/"$U"; do [ ! -L "$W" ] || { echo "service=$U"; break; }; done; done`,
    ),
  parse: (_r, output) => ({
    active: parseList(output, 'active'),
    fstab: parseList(output, 'fstab'),
    units: parseList(output, 'unit'),
    services: parseList(output, 'service'),
  }),
  diff: (_r, seen) => {
    const reasons = [
      ...(seen.active.length > 0 ? [`in use: ${seen.active.join(', ')}`] : []),
      ...(seen.fstab.length > 0 ? [`/etc/fstab has ${String(seen.fstab.length)} swap line(s)`] : []),
      ...(seen.units.length > 0 ? [`systemd has ${seen.units.join(', ')}`] : []),
      ...(seen.services.length > 0 ? [`enabled: ${seen.services.join(', ')}`] : []),
    ];
    if (reasons.length === 0) return { changed: false, reason: 'no swap, now or after a reboot' };
    return {
      changed: true,
      change: { action: 'update', summary: 'turn swap off, now and after a reboot', reason: reasons.join('; ') },
    };
  },
  apply: (_r, seen) => [{ do: 'script', script: subshell(...turnOff(seen)), timeoutSeconds: 400 }],
  undo: (_r, seen) => ({
    save: [
      'cat < /proc/swaps > "$D/swaps"',
      ...(seen.services.length > 0
        ? [
            `for U in ${quoteAll(seen.services)}; do ! systemctl -q is-active -- "$U" || printf '%s\\n' "$U" >> "$D/active-services"; done`,
          ]
        : []),
    ].join('\n'),
    restore: turnOn(seen).join('\n'),
  }),
};

function turnOff(seen: SwapSeen): readonly string[] {
  return [
    FIND_UNITS,
    HOST_PATH,
    "USED=$(awk 'NR > 1 { used += $4 } END { print used + 0 }' /proc/swaps)",
    'FREE=$(awk \'$1 == "MemAvailable:" { print $2 }\' /proc/meminfo)',
    'if [ "$USED" -gt 0 ] && [ "$USED" -ge "$FREE" ]; then echo "swap cannot be turned off: it holds $((USED / 1024)) MB, and only $((FREE / 1024)) MB of memory are free. Stop something or add memory, then run again (or set swap: keep)." >&2; exit 1; fi',
    ...seen.services.map(
      (unit) =>
        `timeout 60 systemctl disable --now -- ${quoteAll([unit])} > /dev/null 2>&1 || ${fail(`${unit}, which makes swap, could not be stopped and disabled`)}`,
    ),
    `if [ -e /etc/fstab ] && grep -qE '^${FSTAB_SWAP}$' /etc/fstab; then\n${sedFile('/etc/fstab', `s/^(${FSTAB_SWAP})$/${MARK}\\1/`)}\nfi`,
    'ZRAM=$(zram_setups)',
    'for U in $(swap_units) $ZRAM; do',
    // systemctl mask refuses where a real file stands in /etc.
    '  if [ -f "/etc/systemd/system/$U" ] && [ ! -L "/etc/systemd/system/$U" ]; then timeout 60 systemctl stop -- "$U"; mv -f -- "/etc/systemd/system/$U" "/etc/systemd/system/$U.kinit-off"',
    '  else timeout 60 systemctl mask --now -- "$U" > /dev/null 2>&1; fi || { echo "the unit $U could not be masked" >&2; exit 1; }',
    'done',
    'timeout 300 swapoff -a || { echo "swapoff -a failed or took longer than 300 s; still in use as swap: $(awk \'NR > 1 { printf "%s ", $1 }\' /proc/swaps)" >&2; echo "Turn it off by hand there (dmesg may say why it does not go), or set swap: keep in the inventory." >&2; exit 1; }',
    'timeout 60 systemctl daemon-reload',
    'LEFT=$(awk \'NR > 1 { printf "%s ", $1 }\' /proc/swaps)',
    '[ -z "$LEFT" ] || { echo "still in use as swap: $LEFT(in a container, swap belongs to the machine below; set swap: keep there)" >&2; exit 1; }',
  ];
}

function turnOn(seen: SwapSeen): readonly string[] {
  const units = [
    ...seen.units,
    ...seen.units
      .flatMap((unit) => /^dev-(zram\d+)\.swap$/.exec(unit)?.[1] ?? [])
      .map((zram) => `systemd-zram-setup@${zram}.service`),
  ];
  return [
    HOST_PATH,
    `if [ -e /etc/fstab ] && grep -q '^${MARK}' /etc/fstab; then\n${sedFile('/etc/fstab', `s/^${MARK}//`)}\nfi`,
    ...units.map((unit) => {
      const at = quoteAll([`/etc/systemd/system/${unit}`]);
      return `if [ -e ${at}.kinit-off ]; then mv -f -- ${at}.kinit-off ${at}; elif [ -L ${at} ]; then systemctl -q unmask -- ${quoteAll([unit])} || exit 1; fi`;
    }),
    'timeout 60 systemctl daemon-reload',
    ...seen.services.map((unit) => `systemctl -q enable -- ${quoteAll([unit])} || exit 1`),
    'if [ -e "$D/active-services" ]; then while read -r U; do timeout 60 systemctl start -- "$U" < /dev/null || exit 1; done < "$D/active-services"; fi',
    ...units
      .filter((unit) => unit.endsWith('.swap'))
      .map((unit) => `timeout 60 systemctl start -- ${quoteAll([unit])} 2> /dev/null`),
    'FAILED=0',
    'while read -r F TYPE _ _ PRIORITY; do',
    '  case "$F" in /*) ;; *) continue;; esac',
    '  ! grep -q "^$F " /proc/swaps || continue',
    '  if [ "$PRIORITY" -ge 0 ]; then swapon -p "$PRIORITY" "$F"; else swapon "$F"; fi || { echo "$F could not be turned on as swap again"; FAILED=1; }',
    'done < "$D/swaps"',
    'exit "$FAILED"',
  ];
}
