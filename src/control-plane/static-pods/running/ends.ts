import { firstFatal } from '../../../cluster/why/node-cause.js';
import { text } from '../../../cluster/api/json.js';
import type { HostConnection } from '../../../model/host.js';
import { sh, shellScript } from '../../../shell/script.js';

/** How a container ended. */
export interface End {
  readonly exitCode: number;
  /** Its own last words; of a container that could not even be started the runtime's. */
  readonly words: string;
  /** Seconds since 1970, by the host's clock. */
  readonly finished: number;
  /** Seconds from its start to its end. */
  readonly lasted: number;
}

const script = shellScript('./inspect.sh', import.meta.url);

/** What the runtime says of the ends of containers, by their ids. */
export async function endsOf(host: HostConnection, ids: readonly string[]): Promise<ReadonlyMap<string, End>> {
  if (ids.length === 0) return new Map();
  const { stdout } = await host.run(sh(script, { args: ids }), { timeoutSeconds: 60 });
  const parts = new Map(
    stdout.split(/^=== /m).map((part) => {
      const [title = '', ...lines] = part.split('\n');
      return [title, lines.join('\n')];
    }),
  );
  return new Map(
    ids.flatMap((id) => {
      const end = endOf(parts.get(`end ${id}`) ?? '', parts.get(`log ${id}`) ?? '');
      return end === undefined ? [] : [[id, end]];
    }),
  );
}

/** From `crictl inspect` (k8s.io/cri-api: ContainerStatus, times as RFC 3339). */
function endOf(json: string, log: string): End | undefined {
  try {
    const { status } = JSON.parse(json) as { status?: { exitCode?: number } };
    const seconds = (key: string): number => Date.parse(text(status, key) ?? '') / 1000 || 0;
    const finished = seconds('finishedAt');
    return {
      exitCode: status?.exitCode ?? 0,
      words:
        text(status, 'message') ||
        firstFatal(log) ||
        log.trimEnd().split('\n').at(-1) ||
        (text(status, 'reason') ?? ''),
      finished,
      lasted: finished - (seconds('startedAt') || finished),
    };
  } catch {
    return undefined;
  }
}
