/** A change as a person and a machine read it. Holds no secret: secret content stands as its digest. */
export interface ChangeSummary {
  /** Resource id, unique on a host: 'file:/etc/hosts'. */
  readonly resource: string;
  readonly action: 'create' | 'update' | 'delete' | 'run';
  /** One line: 'write /etc/hosts (644)', 'install conntrack'. */
  readonly summary: string;
  /** Why: what was seen against what is wanted. */
  readonly reason: string;
  /** Unified diff of the content, for text files and objects that hold no secret. */
  readonly diff?: string;
}
