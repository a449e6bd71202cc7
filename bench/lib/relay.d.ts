/** For tests that want a longer way too. */
export function openRelay(options: {
  readonly host: string;
  readonly port: number;
  /** In each direction. */
  readonly delayMs: number;
  readonly bytesPerSecond: number;
}): Promise<{ readonly port: number; readonly close: () => Promise<void> }>;
