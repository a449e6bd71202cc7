import { get as getPlain } from 'node:http';
import { get } from 'node:https';

/** Milliseconds between two questions. */
const PAUSE = 100;
/** Milliseconds after which a server that has not said that it is ready counts as away. */
const AWAY = 3000;

export interface Gaps {
  /** Longest time between two answers, in seconds, by address. */
  readonly of: Readonly<Record<string, number>>;
  /** The same, whoever answers. */
  readonly any: number;
  /** How many servers were away at the same time, at most. */
  readonly awayAtOnce: number;
}

/** Asks every API server all the time whether it is ready; the function that is returned ends that. */
export function watchServers(addresses: readonly string[]): () => Promise<Gaps> {
  let ended = false;
  let awayAtOnce = 0;
  const all = clock();
  const clocks = new Map(addresses.map((address) => [address, clock()]));
  const ask = async (address: string): Promise<void> => {
    while (!ended) {
      if (await isReady(address)) {
        all.tick();
        clocks.get(address)?.tick();
      }
      const away = [...clocks.values()].filter((each) => each.since() > AWAY).length;
      awayAtOnce = Math.max(awayAtOnce, away);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  };
  const asking = Promise.all(addresses.map(ask));
  return async () => {
    ended = true;
    await asking;
    return {
      of: Object.fromEntries([...clocks].map(([address, each]) => [address, each.longest()])),
      any: all.longest(),
      awayAtOnce,
    };
  };
}

/** Asks for a page all the time; the function that is returned ends that, and gives the longest time between two answers, in seconds. */
export function watchPage(host: string, port: number): () => Promise<number> {
  let ended = false;
  const answers = clock();
  const ask = async (): Promise<void> => {
    while (!ended) {
      if (await hasPage(host, port)) answers.tick();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  };
  const asking = ask();
  return async () => {
    ended = true;
    await asking;
    return Math.max(answers.longest(), Math.round(answers.since() / 100) / 10);
  };
}

function hasPage(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = getPlain({ host, port, path: '/', timeout: 2000, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode === 200));
      answer.on('error', () => resolve(false));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
  });
}

/** For docs/certificates.md. */
export function tell(title: string, { of, any, awayAtOnce }: Gaps): void {
  const each = Object.values(of).map((seconds) => `${String(seconds)} s`);
  process.stdout.write(
    `${title}: without an answer of any server ${String(any)} s; of each ${each.join(', ')}; away at once: ${String(awayAtOnce)}\n`,
  );
}

/** By a connection of its own: one that is kept would not see that nobody listens any more. */
function isReady(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host, port: 6443, path: '/readyz', rejectUnauthorized: false, timeout: 3000, agent: false };
    const sent = get(options, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode === 200));
      answer.on('error', () => resolve(false));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
  });
}

function clock(): { tick: () => void; since: () => number; longest: () => number } {
  let last: number | undefined;
  let longest = 0;
  const since = (): number => (last === undefined ? 0 : performance.now() - last);
  return {
    tick: () => {
      longest = Math.max(longest, since());
      last = performance.now();
    },
    since,
    longest: () => Math.round(longest / 100) / 10,
  };
}
