import { readFileSync } from 'node:fs';
import { Agent, request, type RequestOptions } from 'node:https';
import { parse } from 'yaml';

/** How it went for clients that wrote, read and watched all the time. */
export interface Outcome {
  /** Longest time between two answers, in seconds. */
  readonly writeGap: number;
  readonly readGap: number;
  readonly watchGap: number;
  readonly written: number;
  /** Acknowledged, and not there in the end. */
  readonly lost: number;
  /** Reads without an object whose write was acknowledged before, and objects that the watch never told of. */
  readonly wrong: number;
}

/** The administrator, through an address at which nobody but a node's own programs asks else. */
export function clientOf(kubeconfig: string, host: string, port: number): RequestOptions {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const bytes = (text = ''): Buffer => Buffer.from(text, 'base64');
  const { user } = config.users[0];
  return {
    host,
    port,
    servername: 'kubernetes',
    ca: bytes(config.clusters[0].cluster['certificate-authority-data']),
    cert: bytes(user['client-certificate-data']),
    key: bytes(user['client-key-data']),
  };
}

const PATH = '/api/v1/namespaces/default/configmaps';
const LABEL = 'kinit-failover';
/** Milliseconds between two requests of one client. */
const PAUSE = 50;
/** As long as a client of Kubernetes waits at least: a silent server must be given up by the balancer, not by this. */
const PATIENCE = 30_000;

/** Begins to write, read and watch; the function that is returned ends that, and counts. */
export async function startClients(client: RequestOptions, run: string): Promise<() => Promise<Outcome>> {
  let ended = false;
  const writes = clock();
  const reads = clock();
  const acknowledged: number[] = [];
  let wrong = 0;
  const watch = watcher(client, run, await versionNow(client));
  const write = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true });
    for (let number = 0; !ended; number += 1) {
      const body = { metadata: { name: `${run}-${String(number)}`, labels: { [LABEL]: run } } };
      const answer = await ask({ ...client, agent, method: 'POST', path: PATH }, body);
      if (answer?.status === 201) {
        acknowledged.push(number);
        writes.tick();
      }
      await pause();
    }
    agent.destroy();
  };
  const read = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true });
    while (!ended) {
      const last = acknowledged.at(-1);
      if (last !== undefined) {
        const answer = await ask({ ...client, agent, path: `${PATH}/${run}-${String(last)}` });
        if (answer?.status === 200) reads.tick();
        if (answer?.status === 404) wrong += 1;
      }
      await pause();
    }
    agent.destroy();
  };
  const both = Promise.all([write(), read()]);
  return async () => {
    ended = true;
    await both;
    const there = new Set(await names(client, run));
    const all = acknowledged.map((number) => `${run}-${String(number)}`);
    const seen = await watch.seesAll(all);
    return {
      writeGap: writes.longest(),
      readGap: reads.longest(),
      watchGap: watch.longest(),
      written: all.length,
      lost: all.filter((name) => !there.has(name)).length,
      wrong: wrong + all.filter((name) => !seen.has(name)).length,
    };
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE));

/** Times between ticks, until the last of them. */
function clock(): { tick: () => void; longest: () => number } {
  let last: number | undefined;
  let longest = 0;
  return {
    tick: () => {
      const now = performance.now();
      if (last !== undefined) longest = Math.max(longest, now - last);
      last = now;
    },
    longest: () => Math.round(longest / 100) / 10,
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** undefined: none came. */
function ask(options: RequestOptions, body?: unknown): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const sent = request({ ...options, headers: { 'content-type': 'application/json' }, timeout: PATIENCE }, (got) => {
      const parts: Buffer[] = [];
      got.on('data', (part: Buffer) => parts.push(part));
      got.on('error', () => resolve(undefined));
      got.on('end', () => resolve({ status: got.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function asked(options: RequestOptions): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await ask(options);
    if (answer?.status === 200) return answer.body;
    await pause();
  }
  throw new Error(`no answer to ${options.path ?? ''}`);
}

async function versionNow(client: RequestOptions): Promise<string> {
  const list = JSON.parse(await asked({ ...client, path: `${PATH}?limit=1` })) as {
    metadata: { resourceVersion: string };
  };
  return list.metadata.resourceVersion;
}

async function names(client: RequestOptions, run: string): Promise<string[]> {
  const body = await asked({ ...client, path: `${PATH}?labelSelector=${LABEL}%3D${run}` });
  return (JSON.parse(body) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
}

/** One watch after the other, each from where the last one ended. */
function watcher(
  client: RequestOptions,
  run: string,
  from: string,
): { longest: () => number; seesAll: (all: readonly string[]) => Promise<ReadonlySet<string>> } {
  const seen = new Set<string>();
  const ticks = clock();
  let version = from;
  let ended = false;
  const once = (): Promise<void> =>
    new Promise((resolve) => {
      const path = `${PATH}?watch=1&labelSelector=${LABEL}%3D${run}&resourceVersion=${version}`;
      const sent = request({ ...client, path, agent: false }, (got) => {
        let rest = '';
        got.on('data', (part: Buffer) => {
          const lines = `${rest}${part.toString()}`.split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            const { type, object } = JSON.parse(line) as {
              type: string;
              object: { metadata: { name: string; resourceVersion: string } };
            };
            if (type !== 'ADDED') continue;
            seen.add(object.metadata.name);
            version = object.metadata.resourceVersion;
            ticks.tick();
          }
          if (ended) sent.destroy();
        });
        got.on('error', () => resolve());
        got.on('close', () => resolve());
      });
      sent.on('error', () => resolve());
      sent.end();
    });
  const loop = async (): Promise<void> => {
    while (!ended) {
      await once();
      await pause();
    }
  };
  void loop();
  return {
    longest: () => ticks.longest(),
    seesAll: async (all) => {
      for (let look = 0; look < 200 && !all.every((name) => seen.has(name)); look += 1) await pause();
      ended = true;
      return seen;
    },
  };
}
