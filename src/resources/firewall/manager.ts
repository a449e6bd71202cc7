export interface FirewallPort {
  /** A number, or a range 'from-to'. */
  readonly port: number | string;
  readonly protocol: 'tcp' | 'udp';
}

/** What a firewall shall let through. */
export interface FirewallWishes {
  readonly ports: readonly FirewallPort[];
  /** CIDR of the pods: hosts forward what comes from them and goes to them, and answer them. */
  readonly pods: string;
  /** Addresses of other nodes that send to pods without a tunnel, so that their packets come from outside the pods' CIDR. */
  readonly peers: readonly string[];
  /** Addresses of hosts that everything is let in from, for what they speak has no ports. Absent: none. */
  readonly sources?: readonly string[];
}

/** The same for a host, whose own files the rules come into. */
export interface Opening extends FirewallWishes {
  /** By it the rules are known again. */
  readonly digest: string;
  readonly nftables: NftablesSurroundings;
}

/** What an opening meets on a host besides a hand-written ruleset. */
export interface NftablesSurroundings {
  /** Path of what nftables.service loads. */
  readonly ruleset: string;
  /** Names of tables of the cluster's programs: they see to their own. */
  readonly others: readonly string[];
}

/** A program that rules over a host's packet filter. Seen is what was observed of it. All texts are sh. */
export interface FirewallManager<Seen> {
  /** Prints 'key=value' lines that no other manager prints. With an opening it asks what is let through too, which may take long. */
  readonly observe: (opening: Opening | undefined) => string;
  readonly parse: (output: string) => Seen;
  /** It rules now or after the next boot. */
  readonly isOn: (seen: Seen) => boolean;
  /** Stops it, now and for the next boot. */
  readonly turnOff: () => string;
  /** Back to what was seen. */
  readonly turnOn: (seen: Seen) => string;
  /** What is not open now and after the next boot, as people read it. */
  readonly missing: (opening: Opening, seen: Seen) => readonly string[];
  /** Opens what is missing. */
  readonly open: (opening: Opening, seen: Seen) => string;
  /** Keeps in "$D" what `close` has to know, before `open`. Absent: nothing. */
  readonly save?: (opening: Opening) => string;
  /** Takes back what `open` did. What does not go is told. */
  readonly close: (opening: Opening, seen: Seen) => string;
}

/** A systemd unit behind a firewall. */
export interface UnitSeen {
  readonly active: boolean;
  readonly enabled: boolean;
}

/** From the lines of show_unit (unit.sh). */
export function parseUnit(fields: ReadonlyMap<string, string>, unit: string): UnitSeen {
  return {
    active: fields.get(`${unit}-ActiveState`) === 'active',
    enabled: fields.get(`${unit}-UnitFileState`) === 'enabled',
  };
}

/** Arguments of enable_and_start (unit.sh) after the unit's name. */
export function unitArgs({ enabled, active }: UnitSeen): readonly string[] {
  return [enabled, active].map((is) => (is ? 'yes' : 'no'));
}
