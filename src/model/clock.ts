/** Milliseconds that clocks may be apart: certificates are valid from some minutes ago, tokens and leases count in seconds. */
export const CLOCK_NEAR_MS = 5_000;
/** From here on a cluster does not work. */
export const CLOCK_FAR_MS = 60_000;
