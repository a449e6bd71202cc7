import { parseFields, parseList } from '../../../shell/output.js';
import { sh, shellScript } from '../../../shell/script.js';
import type { FirewallManager, FirewallWishes } from '../manager.js';

export interface UfwSeen {
  readonly on: boolean;
  /** As `ufw show added` writes them, without the leading 'ufw'. */
  readonly rules: readonly string[];
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const TURN_OFF = shellScript('./turn-off.sh', import.meta.url);
const TURN_ON = shellScript('./turn-on.sh', import.meta.url);
const OPEN = shellScript('./open.sh', import.meta.url);
const CLOSE = shellScript('./close.sh', import.meta.url);

export const ufw: FirewallManager<UfwSeen> = {
  observe: (opening) => sh(OBSERVE, { args: [opening === undefined ? '' : 'rules'] }),
  parse: (output) => ({ on: parseFields(output).get('ufw') === 'on', rules: parseList(output, 'ufw-rule') }),
  isOn: ({ on }) => on,
  turnOff: () => sh(TURN_OFF),
  turnOn: () => sh(TURN_ON),
  missing,
  open: (opening, seen) => sh(OPEN, { args: missing(opening, seen) }),
  close: (opening, seen) => sh(CLOSE, { args: missing(opening, seen) }),
};

function missing({ ports, pods, sources = [] }: FirewallWishes, { on, rules }: UfwSeen): readonly string[] {
  if (!on) return [];
  const there = new Set(rules.map((rule) => rule.replace(/ comment '.*'$/, '').trim()));
  return [
    ...ports.map(({ port, protocol }) => `allow ${String(port).replace('-', ':')}/${protocol}`),
    `allow from ${pods}`,
    ...sources.map((source) => `allow from ${source}`),
    `route allow from ${pods}`,
    `route allow to ${pods}`,
  ].filter((rule) => !there.has(rule));
}
