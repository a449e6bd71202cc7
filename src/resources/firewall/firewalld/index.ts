import { defined } from '../../../model/defined.js';
import { parseFields, parseList } from '../../../shell/output.js';
import { sh, shellScript } from '../../../shell/script.js';
import { parseUnit, unitArgs, type FirewallManager, type FirewallWishes, type UnitSeen } from '../manager.js';

/** The zone of what may do anything. */
const TRUSTED = 'trusted';

/** Ports ('6443/tcp') of the zone that other hosts come in by, and sources ('trusted 10.244.0.0/16') of the trusted one. */
export interface FirewalldSeen extends UnitSeen {
  /** That zone. Absent where firewalld does not run, and in what an earlier kinit wrote down: the default one. */
  readonly zone?: string;
  readonly permanent: readonly string[];
  readonly running: readonly string[];
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const TURN_OFF = shellScript('./turn-off.sh', import.meta.url);
const TURN_ON = shellScript('./turn-on.sh', import.meta.url);
const OPEN = shellScript('./open.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const CLOSE = shellScript('./close.sh', import.meta.url);

export const firewalld: FirewallManager<FirewalldSeen> = {
  observe: (opening) => sh(OBSERVE, { args: [opening === undefined ? '' : 'rules'] }),
  parse: (output) => ({
    ...parseUnit(parseFields(output), 'firewalld'),
    ...defined({ zone: parseFields(output).get('fw-zone') }),
    permanent: parseList(output, 'fw-permanent'),
    running: parseList(output, 'fw-running'),
  }),
  isOn: ({ active, enabled }) => active || enabled,
  turnOff: () => sh(TURN_OFF),
  turnOn: (seen) => sh(TURN_ON, { args: unitArgs(seen) }),
  missing: (wishes, seen) => [
    ...new Set([...missing(wishes, seen, seen.permanent), ...missing(wishes, seen, seen.running)]),
  ],
  open: (wishes, seen) => sh(OPEN, { args: calls('add', wishes, seen) }),
  save: () => sh(SAVE),
  close: (wishes, seen) =>
    sh(CLOSE, { args: [[seen.zone, TRUSTED].join(' ').trim(), ...calls('remove', wishes, seen)] }),
};

/** Not listed among these. firewalld forwards between zones only from the trusted one. */
function missing(
  { ports, pods, peers, sources = [] }: FirewallWishes,
  { active }: UnitSeen,
  listed: readonly string[],
): string[] {
  if (!active) return [];
  const rules = [
    ...ports.map(({ port, protocol }) => `${String(port)}/${protocol}`),
    ...[...new Set([pods, ...peers, ...sources])].map((source) => `trusted ${source}`),
  ];
  return rules.filter((rule) => !listed.includes(rule));
}

/** Both the stored and the running rules are changed: a reload would throw away what others have set in the running ones. */
function calls(verb: 'add' | 'remove', wishes: FirewallWishes, seen: FirewalldSeen): readonly string[] {
  return [
    ...callsAt(['--permanent'], verb, missing(wishes, seen, seen.permanent), seen.zone),
    ...callsAt([], verb, missing(wishes, seen, seen.running), seen.zone),
  ];
}

/** One firewall-cmd for all rules of a zone: each start of it takes a third of a second. */
function callsAt(
  place: readonly string[],
  verb: string,
  rules: readonly string[],
  zone: string | undefined,
): readonly string[] {
  const sources = rules.filter((rule) => rule.startsWith('trusted ')).map((rule) => rule.slice('trusted '.length));
  const ports = rules.filter((rule) => !rule.startsWith('trusted '));
  return [
    ...(ports.length === 0
      ? []
      : [
          [
            ...place,
            ...(zone === undefined ? [] : [`--zone=${zone}`]),
            ...ports.map((port) => `--${verb}-port=${port}`),
          ],
        ]),
    ...(sources.length === 0
      ? []
      : [[...place, '--zone=trusted', ...sources.map((source) => `--${verb}-source=${source}`)]]),
  ].map((words) => words.join(' '));
}
