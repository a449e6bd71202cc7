import type { OutsideLook } from '../../datastore/index.js';

/** Whether one host reaches one port of another. */
export interface ReachabilityResult {
  readonly from: string;
  readonly to: string;
  readonly address: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** What the port is for: 'API server', 'kubelet', 'VXLAN'. */
  readonly purpose: string;
  /**
   * timeout: dropped on the way. refused: a firewall that rejects. elsewhere: another machine answers at this address.
   * skipped: could not be judged, see reason.
   */
  readonly outcome: 'reached' | 'timeout' | 'refused' | 'unreachable' | 'elsewhere' | 'skipped';
  /** skipped: why. elsewhere: who answers. */
  readonly reason?: string;
}

/** What one host knows of apiServer.endpoint. */
export interface EndpointLook {
  /** Addresses of its name; unknown: no such name. late: nobody answered the question. */
  readonly name: readonly string[] | 'unknown' | 'late';
  /** Absent: not tried, since no API server runs yet. */
  readonly connection?: 'reached' | 'timeout' | 'failed';
}

/** What one host knows of one place of a datastore outside of the cluster. */
export interface DatastoreLook extends EndpointLook {
  /** Absent: it was not reached, or is looked at by the server itself. */
  readonly said?: OutsideLook;
}
