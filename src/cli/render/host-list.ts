/** Names of hosts as people write them: node[1-3,7]. Below four names nothing is gained; they are written out. */
export function hostList(hosts: readonly string[]): string {
  if (hosts.length < 4) return hosts.join(', ');
  const groups = new Map<string, { readonly around: Parts; readonly numbers: string[] }>();
  for (const name of hosts) {
    const around = partsOf(name);
    const key = `${around.before}\0${around.after}\0${around.number === '' ? '' : '#'}`;
    const group = groups.get(key) ?? { around, numbers: [] };
    group.numbers.push(around.number);
    groups.set(key, group);
  }
  return [...groups.values()]
    .flatMap(({ around: { before, after }, numbers }) =>
      ofOneWidth(numbers).map((same) =>
        same.length === 1 ? `${before}${same.join('')}${after}` : `${before}[${ranges(same)}]${after}`,
      ),
    )
    .join(', ');
}

interface Parts {
  readonly before: string;
  /** '' where the name has none. */
  readonly number: string;
  readonly after: string;
}

/** A name around its last number; of node1.dc2.example that is 1: what counts stands in the first part of a name. */
function partsOf(name: string): Parts {
  const found = /^([^.]*?)(\d{1,9})([^\d.]*(?:\..*)?)$/.exec(name);
  return found === null
    ? { before: name, number: '', after: '' }
    : { before: found[1] ?? '', number: found[2] ?? '', after: found[3] ?? '' };
}

/** node9 and node09 are different names, and 08, 09, 10 go on to each other: numbers that are padded stand apart. */
function ofOneWidth(numbers: readonly string[]): string[][] {
  const padded = new Set(numbers.filter((text) => text.length > 1 && text.startsWith('0')).map(({ length }) => length));
  const widths = new Map<number, string[]>();
  for (const text of numbers) {
    const width = padded.has(text.length) ? text.length : 0;
    widths.set(width, [...(widths.get(width) ?? []), text]);
  }
  return [...widths.values()];
}

function ranges(texts: readonly string[]): string {
  const runs: { first: string; last: string }[] = [];
  for (const text of [...texts].sort((a, b) => Number(a) - Number(b))) {
    const run = runs.at(-1);
    if (run !== undefined && Number(text) === Number(run.last) + 1) run.last = text;
    else runs.push({ first: text, last: text });
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(',');
}
