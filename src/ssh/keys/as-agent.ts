import ssh2 from 'ssh2';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import type { Identity } from './offered.js';

/** All keys as one agent for ssh2, which asks for a signature only after the server has taken the key. `onFault` learns why a signature could not be made. */
export function asAgent(
  identities: readonly Identity[],
  onFault: (error: unknown) => void,
  hold: <T>(work: Promise<T>) => Promise<T>,
): BaseAgent {
  // ssh2 takes only what inherits from its own class.
  const agent = Object.create(ssh2.BaseAgent.prototype) as BaseAgent;
  return Object.assign(agent, {
    getIdentities: (done: (error: Error | undefined, keys: ParsedKey[]) => void) =>
      done(
        undefined,
        identities.map(({ publicKey }) => publicKey),
      ),
    sign: (publicKey: ParsedKey, data: Buffer, options: SigningRequestOptions, done: SignCallback) => {
      const { hash } = options;
      const wanted = publicKey.getPublicSSH();
      const identity = identities.find((each) => each.publicKey.getPublicSSH().equals(wanted));
      hold(identity === undefined ? Promise.reject(new Error('no such key')) : identity.sign(data, hash)).then(
        (signature) => done(undefined, signature),
        (error: unknown) => {
          onFault(error);
          done(error instanceof Error ? error : new Error(String(error)));
        },
      );
    },
  });
}
