import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { limiter } from '../../model/limit.js';
import { groupBy } from '../../model/once.js';
import { expandHome } from '../../model/text/home.js';
import { askOpenSsh } from './ask.js';
import type { Answered, Destination, Given } from './ask.js';
import { readAnswer } from './answer.js';
import type { ConfigSettings } from './answer.js';

export type { ConfigSettings } from './answer.js';
export { localNames } from './tokens.js';

/** What the operator's OpenSSH would do for one destination, by its configuration. */
export type Lookup = (destination: string, given: Given) => Promise<ConfigSettings>;

const OWN_CONFIG = '~/.ssh/config';
const SYSTEM_CONFIG = '/etc/ssh/ssh_config';
/** Programs at once; an answer takes OpenSSH some milliseconds of computing. */
const AT_ONCE = 4;
/** Destinations a program. */
const MOST_TOGETHER = 25;

interface Question extends Destination {
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads a configuration once and asks OpenSSH about any number of destinations, about each once. With the user's own
 * file, the system's counts after it, as for ssh. Without a file nothing is set. `say` is called once where there is a
 * configuration and no OpenSSH that could say what it means: then nothing is set either.
 */
export function openConfig(file: string | undefined, say: (text: string) => void = () => undefined): Lookup {
  const slot = limiter(AT_ONCE);
  let asking: Question[] = [];
  const answers = new Map<string, Promise<ConfigSettings>>();
  let text: Promise<string | undefined> | undefined;
  let said = false;

  const ask = async (destination: string, given: Given): Promise<ConfigSettings> => {
    const config = await (text ??= configText(file));
    if (config === undefined || file === undefined) return nothing(destination, given);
    const answer = await new Promise<Answered>((resolve, reject) => {
      if (asking.length === 0) setImmediate(() => askAll({ file, text: config }));
      asking.push({ name: destination, given, resolve, reject });
    });
    if (answer instanceof KinitError) throw answer;
    if (typeof answer === 'string') return readAnswer(answer, destination, given);
    if (!said) say(`${file} is not read: ${answer.missing}. Only what the inventory says about SSH counts.`);
    said = true;
    return nothing(destination, given);
  };
  /** All that are asked for by now, a few processes side by side. */
  const askAll = (config: { readonly file: string; readonly text: string }): void => {
    const all = asking;
    asking = [];
    for (const same of groupBy(all, ({ given }) => [given.defaultUser]).values()) {
      const size = Math.min(MOST_TOGETHER, Math.ceil(same.length / AT_ONCE));
      for (let at = 0; at < same.length; at += size) {
        const some = same.slice(at, at + size);
        slot(() => askOpenSsh(config, some)).then(
          (said) => said.forEach((answer, index) => some[index]?.resolve(answer)),
          (error: unknown) => some.forEach(({ reject }) => reject(error)),
        );
      }
    }
  };
  return (destination, given) => {
    const key = JSON.stringify([destination, given]);
    const answer = answers.get(key) ?? ask(destination, given);
    answers.set(key, answer);
    return answer;
  };
}

/** No configuration: what was given stands. */
function nothing(destination: string, { user, port }: Given): ConfigSettings {
  return {
    hostName: destination,
    ...defined({ user, port }),
    identityFiles: [],
    certificateFiles: [],
    identitiesOnly: false,
    proxyJump: [],
  };
}

/** Undefined: there is nothing to be followed. */
async function configText(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const own = await readFile(file, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new KinitError(`the SSH configuration ${file} cannot be read`, {
      class: 'access',
      tried: `read ${file}`,
      found: cause instanceof Error ? cause.message : String(cause),
      hint: 'Mend it, or name another with ssh.configFile in the inventory (none: read none).',
      cause,
    });
  });
  const system = file === expandHome(OWN_CONFIG) && existsSync(SYSTEM_CONFIG) ? `Include ${SYSTEM_CONFIG}\n` : '';
  // What follows belongs to no Host of the user's file.
  return own === undefined && system === '' ? undefined : `${own ?? ''}\nMatch all\n${system}`;
}
