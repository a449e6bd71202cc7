/** Negative where a is the earlier one of two versions such as 1.36.3. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  return left.map((part, index) => part - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** By how many minor versions b is later; undefined across major versions. */
export function minorsBetween(a: string, b: string): number | undefined {
  const [[major = 0, minor = 0], [toMajor = 0, toMinor = 0]] = [parts(a), parts(b)];
  return major === toMajor ? toMinor - minor : undefined;
}

/** 1.35, of 1.35.4. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

const parts = (version: string): number[] => version.split('.').map(Number);
