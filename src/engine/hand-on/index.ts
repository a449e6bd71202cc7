import { randomBytes } from 'node:crypto';
import { nodeAddress } from '../../facts/index.js';
import type { Emit } from '../../model/event.js';
import type { HostFacts } from '../../model/facts.js';
import { HAND_ON_PORT } from '../../model/hand-on.js';
import type { HostConnection, SendOptions, UploadFile, Whole } from '../../model/host.js';
import type { HostSpec, Spec } from '../../model/spec.js';
import { megabytes } from '../../model/text/in-steps.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';
import { keptPart, partBeside } from '../../ssh/index.js';
import type { Part } from '../../ssh/index.js';
import { createSite } from './site.js';
import type { Giver, Site } from './site.js';

const SERVE = shellScript('./serve.sh', import.meta.url);
const GIVE = shellScript('./give.sh', import.meta.url);
const KEEP = shellScript('./keep.sh', import.meta.url);
const FETCH = shellScript('./fetch.sh', import.meta.url);
const GET = shellScript('./get.bash', import.meta.url);
const STOP = shellScript('./stop.sh', import.meta.url);

/** Where a host notes what it gives on. */
const FOLDER = `${STATE_DIR}/hand-on`;
/** No run is longer; nobody has to end the giving then. In seconds. */
const BOUND = 6 * 3600;
/** Less than this is sent as quickly as it is asked for. */
const WORTH_BYTES = 1_000_000;
/** For all files together; fetch.sh bounds each by its size. */
const FETCH_SECONDS = 3600;

/** Gives a host's connection back, with a way to send that takes files from other hosts of its site where one has them. */
export type HandOn = (host: Handed) => HostConnection;

interface Handed {
  readonly spec: HostSpec;
  readonly facts: HostFacts;
  readonly connection: HostConnection;
}

interface Member {
  readonly connection: HostConnection;
  /** Where others of the site reach it. */
  readonly address: string;
  /** What came of the attempt to make it give. */
  serving?: Promise<boolean>;
}

/**
 * How files get onto hosts with artifacts.fanOut: tree: each once to a site, through SSH; the others of the site take them from who
 * has them, over a port of its own, checked by their SHA-256. What cannot be had this way is sent through SSH as ever.
 */
export function createHandOn({ artifacts, hosts }: Spec, emit: Emit): HandOn {
  const token = `kinit-hand-on-${randomBytes(8).toString('hex')}`;
  const secret = randomBytes(24).toString('hex');
  const sites = new Map<string, Site>();
  const members = new Map<string, Member>();
  const alone = (site: string): boolean => hosts.filter((host) => (host.site ?? '') === site).length < 2;

  return ({ spec, facts, connection }) => {
    const name = spec.site ?? '';
    if (artifacts.fanOut !== 'tree' || alone(name)) return connection;
    const site = sites.get(name) ?? createSite();
    sites.set(name, site);
    members.set(spec.name, { connection, address: nodeAddress(spec, facts) });
    return member(spec.name, connection, site);
  };

  function member(host: string, connection: HostConnection, site: Site): HostConnection {
    /**
     * What nobody of the site has is sent. The rest is taken from others, to where a sending looks for what is there already; `send` is asked
     * for it all the same: it puts it in place, and sends what could not be taken.
     * @param stays where an item is from then on; undefined: it goes on from where it was brought
     */
    const handed = async <T>(
      items: readonly T[],
      partOf: (item: T) => Part | undefined,
      send: (items: readonly T[]) => Promise<unknown>,
      stays: (item: T) => string | undefined,
    ): Promise<void> => {
      const parts = new Map(
        items.flatMap((item) => {
          const part = partOf(item);
          return part === undefined || part.size < WORTH_BYTES ? [] : [[item, part] as const];
        }),
      );
      const gives = async (sent: readonly T[]): Promise<void> => {
        const known = sent.flatMap((item) => {
          const part = parts.get(item);
          return part === undefined ? [] : [{ part, path: stays(item) }];
        });
        if (known.length === 0) return;
        const args = known.flatMap(({ part: { sha256, at }, path }) =>
          path === undefined ? [sha256, 'goes', at] : [sha256, 'stays', path],
        );
        const { code } = await connection.run(sh(KEEP, { args, env: { FOLDER } }));
        if (code === 0) site.has(host, sumsOf(known.map(({ part }) => part)));
      };
      const mine = site.claim(sumsOf([...parts.values()]));
      const isMine = (item: T): boolean => mine.has(parts.get(item)?.sha256 ?? '');
      try {
        const first = items.filter(isMine);
        if (first.length > 0) {
          await send(first);
          await gives(first);
        }
      } finally {
        site.release(mine);
      }
      const rest = items.filter((item) => !isMine(item));
      if (rest.length === 0) return;
      const missing = rest.flatMap((item) => parts.get(item) ?? []);
      if (missing.length > 0) await take(host, connection, site, missing);
      await send(rest);
      await gives(rest);
    };

    const { ahead: _ahead, ...others } = connection;
    return {
      ...others,
      // Whoever has them gives them on, and a stream is gone once it is read.
      isFar: () => true,
      upload: (files: readonly UploadFile[], options?: SendOptions) =>
        handed(
          files,
          partBeside,
          (some) => connection.upload(some, options),
          ({ path }) => path,
        ),
      bring: async (wholes: readonly Whole[], options?: SendOptions) => {
        await handed(
          wholes,
          keptPart,
          (some) => connection.bring(some, options),
          () => undefined,
        );
        return wholes.map((whole) => keptPart(whole).at);
      },
      close: async () => {
        await connection
          .run(sh(STOP, { env: { TOKEN: token, FOLDER } }), { timeoutSeconds: 30 })
          .catch(() => undefined);
        await connection.close();
      },
    };
  }

  async function take(host: string, connection: HostConnection, site: Site, parts: readonly Part[]): Promise<void> {
    const giver = await site.giver(sumsOf(parts));
    if (giver === undefined) return;
    try {
      await takeFrom(giver, host, connection, site, parts);
    } finally {
      giver.taken();
    }
  }

  async function takeFrom(
    giver: Giver,
    host: string,
    connection: HostConnection,
    site: Site,
    parts: readonly Part[],
  ): Promise<void> {
    const from = members.get(giver.host);
    if (from === undefined || !(await serves(giver.host, from))) return site.forget(giver.host);
    const wanted = parts.filter(({ sha256 }) => giver.sums.has(sha256));
    const size = wanted.reduce((sum, part) => sum + part.size, 0);
    emit({
      type: 'progress',
      host,
      text: `files: ${megabytes(size)} MB from ${giver.host}`,
    });
    const script = sh(FETCH, {
      args: wanted.flatMap((part) => [part.sha256, String(part.size), part.at]),
      env: { GET: GET.text, ADDRESS: from.address, PORT: String(HAND_ON_PORT), SECRET: secret },
    });
    const { stdout } = await connection.run(script, { timeoutSeconds: FETCH_SECONDS });
    if (stdout.includes('got ')) return;
    site.forget(giver.host);
    emit({
      type: 'warning',
      text: `${host} could not take files from ${giver.host} (${from.address}, port ${String(HAND_ON_PORT)}/tcp): it is sent them through SSH`,
    });
  }

  function serves(name: string, { connection }: Member): Promise<boolean> {
    const found = members.get(name);
    if (found === undefined) return Promise.resolve(false);
    found.serving ??= connection
      .run(
        sh(SERVE, {
          env: {
            TOKEN: token,
            SECRET: secret,
            PORT: String(HAND_ON_PORT),
            FOLDER,
            GIVE: GIVE.text,
            BOUND: String(BOUND),
            END: sh(STOP, { env: { TOKEN: token, FOLDER } }),
          },
        }),
        { timeoutSeconds: 30 },
      )
      .then(({ stdout }) => {
        if (stdout.trim() === 'up') return true;
        emit({
          type: 'warning',
          text: `${name} gives no files on to others of its site (port ${String(HAND_ON_PORT)}/tcp: ${stdout.trim()}): they are sent them through SSH`,
        });
        return false;
      })
      .catch(() => false);
    return found.serving;
  }
}

function sumsOf(parts: readonly Part[]): readonly string[] {
  return parts.map(({ sha256 }) => sha256);
}
