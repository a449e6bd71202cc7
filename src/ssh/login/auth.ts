import type { AnyAuthMethod, AuthHandlerMiddleware, KeyboardInteractiveAuthMethod, Prompt } from 'ssh2';
import type { AskSecret } from '../../model/secret.js';
import { asAgent } from '../keys/as-agent.js';
import { findIdentities, noIdentity } from '../keys/identities.js';
import type { Identities } from '../keys/identities.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { Hop } from '../connect/route.js';
import { readSecret } from './secret.js';

/** How we prove who we are to one sshd; good for any number of logins. */
export interface Credentials {
  readonly identities: Identities;
  readonly hop: Hop;
  readonly ask: AskSecret | undefined;
  /** The password that was accepted before on this hop. */
  readonly accepted: { password?: string };
}

/** One login: what is told to ssh2, and what became of it. */
export interface Attempt {
  readonly handler: AuthHandlerMiddleware;
  /** Methods the server takes, as far as it has said. */
  readonly offered: () => readonly string[];
  /** A passphrase or password that could not be had; the reason the login failed. */
  readonly fault: () => unknown;
  readonly passwordTried: () => boolean;
  readonly succeeded: () => void;
}

const PASSWORD_ATTEMPTS = 3;

/** Throws KinitError 'access' when there is neither a key nor a way to get a password. */
export async function credentials(hop: Hop, ring: KeyRing, ask: AskSecret | undefined): Promise<Credentials> {
  // Who names a password and no key means the password.
  const passwordOnly = hop.password !== undefined && !hop.identityRequired;
  const none: Identities = { offered: [], tried: [], notes: [], locked: [] };
  const identities = passwordOnly ? none : await findIdentities(hop, ring);
  if (identities.offered.length === 0 && hop.password === undefined && ask === undefined)
    throw noIdentity(hop, identities);
  return { identities, hop, ask, accepted: {} };
}

/** `hold` stops the clock of the login while a person types. */
export function startAttempt(
  { identities, hop, ask, accepted }: Credentials,
  hold: <T>(work: Promise<T>) => Promise<T>,
): Attempt {
  let offered: readonly string[] = [];
  let fault: unknown;
  let passwords = 0;
  let current: string | undefined;
  const username = hop.user;
  const takes = (method: string): boolean => offered.length === 0 || offered.includes(method);

  const nextPassword = async (): Promise<string | undefined> => {
    passwords += 1;
    if (accepted.password !== undefined) return passwords === 1 ? accepted.password : undefined;
    if (hop.password !== undefined)
      return passwords === 1 ? readSecret(hop.password, `the SSH password for ${hop.name}`) : undefined;
    if (ask === undefined || passwords > PASSWORD_ATTEMPTS) return undefined;
    // The first answer is for all that this user logs in to; a host that refuses it is asked about by itself.
    const question =
      passwords === 1
        ? { id: `password ${username}`, text: `SSH password of ${username} (asked for by ${hop.name})` }
        : {
            id: `password ${username} ${hop.name} ${String(passwords)}`,
            text: `${hop.name} refuses it. SSH password of ${username} there`,
          };
    return hold(ask(question));
  };

  async function* methods(): AsyncGenerator<AnyAuthMethod> {
    // The answer to 'none' is the list of what the server takes (RFC 4252, section 5.2).
    yield { type: 'none', username };
    if (identities.offered.length > 0 && takes('publickey'))
      yield { type: 'agent', username, agent: asAgent(identities.offered, (error) => (fault ??= error), hold) };
    if (fault !== undefined) return;
    // A server that wants a key and then a password names the password only now, and ssh2 drops the list while it tries keys.
    if (!takes('password') && !takes('keyboard-interactive') && (hop.password !== undefined || ask !== undefined))
      yield { type: 'none', username };
    while (takes('password') || takes('keyboard-interactive')) {
      const password = await nextPassword();
      if (password === undefined) return;
      current = password;
      yield takes('password')
        ? { type: 'password', username, password }
        : interactive(
            username,
            password,
            ask === undefined
              ? undefined
              : (text) => hold(ask({ id: `prompt ${username} ${hop.name} ${text}`, text: `${hop.name}: ${text}` })),
          );
    }
  }

  const sequence = methods();
  const handler: AuthHandlerMiddleware = (methodsLeft, _partial, next) => {
    // ssh2 gives null before the first answer; its types do not know.
    offered = (methodsLeft as readonly string[] | null) ?? offered;
    sequence.next().then(
      // false is "no more" for ssh2; its types do not know that either.
      ({ value, done }) => next(done === true ? (false as unknown as AnyAuthMethod) : (value as AnyAuthMethod)),
      (error: unknown) => {
        fault ??= error;
        next(false as unknown as AnyAuthMethod);
      },
    );
    return undefined as unknown as AnyAuthMethod;
  };
  return {
    handler,
    offered: () => offered,
    fault: () => fault,
    passwordTried: () => current !== undefined,
    succeeded: () => {
      if (current !== undefined) accepted.password = current;
    },
  };
}

/** Answers the prompt for a password with it; whatever else the server wants to know, a person must say. */
function interactive(
  username: string,
  password: string,
  ask: ((text: string) => Promise<string>) | undefined,
): KeyboardInteractiveAuthMethod {
  let given = false;
  const answer = async ({ prompt, echo }: Prompt): Promise<string> => {
    const first = !given && echo !== true;
    if (first) given = true;
    return first ? password : ((await ask?.(prompt.trim())) ?? '');
  };
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => {
      void (async () => {
        const answers: string[] = [];
        for (const prompt of prompts) answers.push(await answer(prompt));
        finish(answers);
      })().catch(() => finish(prompts.map(() => '')));
    },
  };
}
