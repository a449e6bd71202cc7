import type { ProxySetting } from '../../../model/facts.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** Longer than any value that means something; a list of exceptions may be long. */
const LONGEST = 4000;

/** Proxies in the environment of services and logins. Passwords in their URLs stay on the host. */
export const proxiesOf = (units: readonly string[]): Subject<readonly ProxySetting[]> => ({
  id: 'proxies',
  script: shellScript('./proxies.sh', import.meta.url),
  limit: 512 * 1024,
  values: { args: units },
  parse: (output) => {
    const found: ProxySetting[] = [];
    let [whom, place] = ['', ''];
    for (const row of output.split('\n')) {
      const heading = /^=(\S+) (.*)$/.exec(row);
      if (heading !== null) [, whom = '', place = ''] = heading;
      else if (row.startsWith(' ') && whom !== '')
        found.push(...assignments(row).map(({ name, value }) => ({ whom, place, name, value })));
    }
    return found.filter(({ place: seen, ...setting }) => !isRepeated(setting, seen, found));
  },
});

/** 'DefaultEnvironment="HTTP_PROXY=http://p:1" no_proxy=a,b', 'export https_proxy="http://p:1"': what is set in a line. */
function assignments(line: string): { readonly name: string; readonly value: string }[] {
  const pattern = /(?:^|[\s"'=])((?:https?|all|no)_proxy)=(?:"([^"]*)"|'([^']*)'|([^\s"']*))/gi;
  // Systemd's own quotes go around the whole: "NO_PROXY=a, b".
  const unwrapped = line.replaceAll(/(["'])((?:https?|all|no)_proxy=)((?:(?!\1).)*)\1/gi, ' $2"$3"');
  return [...unwrapped.matchAll(pattern)].map(([, name = '', double, single, bare]) => ({
    name,
    value: withoutPassword(double ?? single ?? bare ?? '').slice(0, LONGEST),
  }));
}

function withoutPassword(value: string): string {
  return value.replaceAll(/(\/\/)[^/@\s]*@/g, '$1').replace(/^[^/@\s,]+:[^/@\s,]*@/, '');
}

/** systemd repeats what stands in files. */
function isRepeated(
  { whom, name, value }: Omit<ProxySetting, 'place'>,
  place: string,
  all: readonly ProxySetting[],
): boolean {
  return (
    place.startsWith('systemctl ') &&
    all.some((other) => other.place !== place && other.whom === whom && other.name === name && other.value === value)
  );
}
