/** A TCP port that a process of the cluster listens on. */
export interface ClaimedPort {
  readonly port: number;
  /** The process, by the name `ps` shows. */
  readonly owner: string;
}
