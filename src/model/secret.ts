/** Where a secret is, as the inventory names it. Never the secret itself. */
export interface SecretSource {
  /** Name of an environment variable of this process. */
  readonly env?: string;
  /** File on this machine; its first line is the secret. */
  readonly file?: string;
}

/**
 * Asks the operator for a secret on the terminal. The same id is asked once and answered from then on.
 * Absent where there is no terminal. Rejects when the operator gives up (Ctrl-C).
 */
export type AskSecret = (question: { readonly id: string; readonly text: string }) => Promise<string>;
