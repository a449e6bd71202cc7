import type { HostEvidence } from '../evidence.js';

/** A container as the runtime lists it. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** Created, Running, Exited, Unknown. */
  readonly state: string;
  /** Times it was started before. */
  readonly attempt: number;
  readonly pod: string;
  /** '2 minutes ago'. */
  readonly created: string;
}

export interface RuntimeAnswer {
  /** The socket asked; undefined where none exists. */
  readonly socket?: string;
  readonly containers: readonly Container[];
  /** Why the runtime did not answer. */
  readonly trouble?: string;
}

/** What `crictl ps -a` said. */
export function runtimeAnswer({ text }: HostEvidence): RuntimeAnswer {
  if (text['containers'] === undefined) return { containers: [] };
  const lines = text['containers'].split('\n').filter((line) => line !== '');
  const socket = lines.find((line) => line.startsWith('socket '))?.slice('socket '.length);
  if (socket === undefined) return { containers: [], trouble: 'no socket of a container runtime exists' };
  const head = lines.findIndex((line) => line.startsWith('CONTAINER '));
  const trouble = head < 0 ? lines.slice(1).findLast((line) => !line.startsWith('socket ')) : undefined;
  return {
    socket,
    containers: head < 0 ? [] : rows(lines.slice(head)),
    ...(head >= 0 ? {} : { trouble: trouble ?? 'crictl gave no answer' }),
  };
}

/** The newest container of each name and pod. */
export function newestContainers(host: HostEvidence): Container[] {
  const newest = new Map<string, Container>();
  for (const container of runtimeAnswer(host).containers) {
    const key = `${container.pod}/${container.name}`;
    const other = newest.get(key);
    if (other === undefined || container.attempt > other.attempt) newest.set(key, container);
  }
  return [...newest.values()];
}

/** Columns stand where the head's words begin. */
function rows([head = '', ...body]: readonly string[]): Container[] {
  const titles = ['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'];
  const starts = new Map<string, number>();
  let from = 0;
  for (const title of titles) {
    const at = head.indexOf(title, from);
    if (at < 0) continue;
    starts.set(title, at);
    from = at + title.length;
  }
  const order = [...starts.entries()].sort((a, b) => a[1] - b[1]);
  return body.map((line) => {
    const cell = (title: string): string => {
      const index = order.findIndex(([name]) => name === title);
      return index < 0 ? '' : line.slice(order[index]?.[1], order[index + 1]?.[1]).trim();
    };
    return {
      id: cell('CONTAINER'),
      name: cell('NAME'),
      state: cell('STATE'),
      attempt: Number(cell('ATTEMPT')) || 0,
      pod: cell('POD'),
      created: cell('CREATED'),
    };
  });
}
