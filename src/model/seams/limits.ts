/** Below `minimum` a host stops in preflight, below `recommended` it is warned. */
export interface Limits {
  readonly minimum: number;
  readonly recommended: number;
}
