/** Compares major and minor of `uname -r`. What cannot be read counts as new enough: no false alarm. */
export function kernelIsAtLeast(release: string, minimum: string): boolean {
  const [major, minor] = (/^(\d+)\.(\d+)/.exec(release)?.slice(1) ?? []).map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = minimum.split('.').map(Number);
  if (major === undefined || minor === undefined) return true;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
