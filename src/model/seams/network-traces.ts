/** What a program leaves in a host's network stack: reset takes it away, the doctor does not mistake it for a user's. */
export interface NetworkTraces {
  /** Network links it makes. */
  readonly links: readonly string[];
  /** Files and folders it fills. */
  readonly paths: readonly string[];
  /** nftables tables of its own, as nft lists them: 'ip kube-proxy'. */
  readonly tables: readonly string[];
  /** Its iptables chains begin with it, in capitals: 'KUBE' for KUBE-SERVICES. */
  readonly chains: readonly string[];
}

/** All of several programs. */
export function allTraces(of: readonly NetworkTraces[]): NetworkTraces {
  return {
    links: of.flatMap(({ links }) => links),
    paths: of.flatMap(({ paths }) => paths),
    tables: of.flatMap(({ tables }) => tables),
    chains: of.flatMap(({ chains }) => chains),
  };
}
