/** Parts of the whole after which somebody who waits is told. */
const STEPS = 20;

/** Hands on a growing number of bytes at each twentieth of `total`, and when all is there. */
export function inSteps(total: number, tell: (bytes: number) => void): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    if (bytes <= told || (bytes - told < total / STEPS && bytes < total)) return;
    told = bytes;
    tell(bytes);
  };
}

export function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1_000_000));
}
