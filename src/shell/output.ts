// What scripts print: lines of 'key=value'.

/** The lines as a map; the value is everything after the first '='. Other lines are left out. */
export function parseFields(output: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1));
  }
  return fields;
}

/** All values of a key that may stand on many lines. */
export function parseList(output: string, key: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
}
