/** A Kubernetes object as JSON. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface ApiResponse {
  readonly status: number;
  /** Parsed JSON, or the text where the body is not JSON. */
  readonly body: unknown;
}

/** The Kubernetes API of the cluster in hand, spoken through an SSH connection to a control-plane host. */
export interface ClusterApi {
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiResponse>;
  /** undefined when it does not exist. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  list(
    apiVersion: string,
    kind: string,
    options?: { readonly namespace?: string; readonly labelSelector?: string },
  ): Promise<KubeObject[]>;
  /** Server-side apply with field manager "kinit", forced. With dryRun the server only says what would be. */
  apply(object: KubeObject, options?: { readonly dryRun?: boolean }): Promise<KubeObject>;
  /** False when it did not exist. With `now` a pod is gone from the API at once, without waiting for its node. */
  delete(ref: ObjectRef, options?: { readonly now?: boolean }): Promise<boolean>;
  close(): void;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
