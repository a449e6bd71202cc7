/** Other names of one switch of the kernel: writing to one of them writes the other. */
export const SYSCTL_ALIASES: Readonly<Record<string, string>> = {
  'net.ipv4.conf.all.forwarding': 'net.ipv4.ip_forward',
};

/** The one name by which kinit knows a parameter, however it is written: with dots, and none of its other names. */
export function sysctlName(name: string): string {
  const dotted = exchanged(sysctlPath(name));
  return SYSCTL_ALIASES[dotted] ?? dotted;
}

/** Below /proc/sys. sysctl(8): where the first separator is '.', a '/' in a name stands for a dot (net.ipv4.conf.eth0/100.forwarding). */
export function sysctlPath(name: string): string {
  return /^[^./]*\//.test(name) ? name : exchanged(name);
}

/** Values are words: how many blanks are between them is nothing. */
export function sysctlValue(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ');
}

/** Whether a name, which may be a pattern (sysctl.d(5)), sets the parameter of such a key too. */
export function sysctlCovers(name: string): (key: string) => boolean {
  const pattern = new RegExp(
    `^${sysctlPath(name)
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  );
  return (key) => {
    const wanted = sysctlName(key);
    const others = Object.keys(SYSCTL_ALIASES).filter((other) => SYSCTL_ALIASES[other] === wanted);
    return [wanted, ...others].some((each) => pattern.test(sysctlPath(each)));
  };
}

function exchanged(name: string): string {
  return [...name].map((c) => (c === '.' ? '/' : c === '/' ? '.' : c)).join('');
}
