/** Something a host's kernel must bring, and for what. */
export interface KernelNeed {
  /** As in kernelFeatures of the facts: 'vxlan', 'nftables'. */
  readonly name: string;
  /** The kernel module that brings it. */
  readonly module: string;
  /** For people, behind 'for'. */
  readonly purpose: string;
  /** What a person can do instead, behind 'or'. */
  readonly otherwise?: string;
}
