/** Values by flag, without dashes. */
export type Flags = Readonly<Record<string, string>>;

/**
 * Flags as kubeadm orders them: its defaults by name, then what was set over them by name. undefined leaves a flag out.
 * (kubeadm: util ArgumentsToCommand)
 */
export function toFlags(defaults: Readonly<Record<string, string | undefined>>, over: Flags = {}): string[] {
  const render = (flags: Readonly<Record<string, string | undefined>>): string[] =>
    Object.keys(flags)
      .sort()
      .flatMap((name) => (flags[name] === undefined ? [] : [`--${name}=${flags[name]}`]));
  const kept = Object.fromEntries(Object.entries(defaults).filter(([name]) => over[name] === undefined));
  return [...render(kept), ...render(over)];
}

/** The flags among the words of a command. */
export function fromFlags(words: readonly unknown[]): Flags {
  const flags: Record<string, string> = {};
  for (const word of words) {
    const [, name, value] = (typeof word === 'string' ? /^--?([^=]+)=(.*)$/s.exec(word) : null) ?? [];
    if (name !== undefined && value !== undefined) flags[name] = value;
  }
  return flags;
}

/** As kubeadm's configuration lists flags (v1beta4: Arg), by name; no key where there are none. */
export function kubeadmArgs(flags: Flags): { extraArgs?: { name: string; value: string }[] } {
  const names = Object.keys(flags).sort();
  return names.length === 0 ? {} : { extraArgs: names.map((name) => ({ name, value: flags[name] ?? '' })) };
}

/** Flags from kubeadm's extraArgs: a list of names and values, a map before v1beta4. */
export function readKubeadmArgs(extraArgs: unknown): Flags {
  const pairs: [unknown, unknown][] = Array.isArray(extraArgs)
    ? extraArgs.map((each: { name?: unknown; value?: unknown } | null) => [each?.name, each?.value])
    : Object.entries((extraArgs ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => (typeof name === 'string' ? [[name, String(value)]] : [])),
  );
}
