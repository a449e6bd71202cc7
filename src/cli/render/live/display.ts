import { Listr, ListrLogger, ProcessOutput, type ListrTask, type ListrTaskWrapper } from 'listr2';
import { oneLine } from '../../terminal/clean.js';
import type { KinitEvent } from '../../../model/event.js';
import { gateFor } from './gate.js';
import { runState } from './run-state.js';
import type { Renderer, RendererOptions } from '../types.js';

/** Lines that must stay free below the live display, else a terminal scrolls and leaves copies behind. */
const SPARE_ROWS = 4;

/** As often as the terminal is drawn (listr2). */
const REFRESH_MS = 100;

/**
 * A live display: one line for the run, one for each host with the phase it is in, and what it is doing below.
 * Where there are more hosts than rows, lines say how many are where. Until hosts are known (artifacts being built, a
 * lab coming up), plain lines.
 */
export function terminalRenderer(options: RendererOptions, plain: Renderer): Renderer {
  let display: Display | undefined;
  return {
    emit: (event) => {
      if (event.type === 'run-started' && display === undefined)
        display = openDisplay(event, options, fits(event.hosts.length, options));
      if (display === undefined) plain.emit(event);
      else display.emit(event);
    },
    hold: () => display?.hold() ?? (() => undefined),
    finish: async () => {
      await display?.close();
      await plain.finish();
    },
  };
}

interface Display {
  readonly emit: (event: KinitEvent) => void;
  readonly hold: () => () => void;
  readonly close: () => Promise<void>;
}

function fits(hosts: number, { output }: RendererOptions): boolean {
  return hosts * 2 + SPARE_ROWS <= (output.rows ?? 24);
}

function openDisplay(
  start: Extract<KinitEvent, { type: 'run-started' }>,
  { output, paint: colours }: RendererOptions,
  eachHost: boolean,
): Display {
  const state = runState(start, () => Date.now());
  const rows = Math.max(1, (output.rows ?? 24) - SPARE_ROWS - 1);
  const slots = new Map<string, Slot>();
  const tasks = [
    newSlot(slots, '', state.title()),
    ...(eachHost ? start.hosts.map((host) => newSlot(slots, host, state.hostTitle(host))) : []),
  ];
  const { stream, hold } = gateFor(output as NodeJS.WriteStream);
  const listr = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    renderer: 'default',
    forceTTY: true,
    rendererOptions: {
      formatOutput: 'truncate',
      logger: new ListrLogger({
        useIcons: true,
        toStderr: [],
        processOutput: new ProcessOutput(stream, process.stderr),
      }),
    },
  });
  const refresh = () => {
    slots.get('')?.show(state.title(), eachHost ? state.output() : state.crowd(rows));
    for (const host of start.hosts) slots.get(host)?.show(state.hostTitle(host), state.hostOutput(host));
  };
  // Elapsed seconds move on although nothing happens: a person sees that kinit is alive.
  const timer = setInterval(refresh, 1000);
  // Of what comes together the last is shown: a thousand hosts send fifty thousand events, and each would be a look at all of them.
  let soon: NodeJS.Timeout | undefined;
  const refreshSoon = () => {
    soon ??= setTimeout(() => {
      soon = undefined;
      refresh();
    }, REFRESH_MS);
  };
  const done = listr.run();
  return {
    emit: (event) => {
      state.see(event);
      refreshSoon();
    },
    hold,
    close: async () => {
      clearInterval(timer);
      clearTimeout(soon);
      refresh();
      for (const host of start.hosts) slots.get(host)?.end(state.hostFailed(host));
      slots.get('')?.end(state.failed());
      await done;
      if (state.notes().length > 0)
        output.write(
          `${state
            .notes()
            .map((note) => colours.yellow(oneLine(note)))
            .join('\n')}\n`,
        );
    },
  };
}

interface Slot {
  readonly show: (title: string, text: string) => void;
  readonly end: (failed: string | undefined) => void;
}

/** A listr2 task that ends when it is told to, because the engine does the work and not the task. */
function newSlot(slots: Map<string, Slot>, name: string, title: string): ListrTask {
  let settle: { readonly resolve: () => void; readonly reject: (error: Error) => void };
  const work = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  work.catch(() => undefined);
  let task: Pick<ListrTaskWrapper<unknown, never, never>, 'title' | 'output'> | undefined;
  let latest = { title, output: '' };
  const draw = () => {
    if (task === undefined) return;
    if (task.title !== latest.title) task.title = latest.title;
    if (task.output !== latest.output) task.output = latest.output;
  };
  slots.set(name, {
    show: (text, output) => {
      latest = { title: text, output };
      draw();
    },
    end: (failed) => (failed === undefined ? settle.resolve() : settle.reject(new Error(oneLine(failed)))),
  });
  return {
    title,
    task: (_context, wrapper) => {
      task = wrapper as unknown as typeof task;
      // listr2 starts a task in its own time: what was to be shown by then is not lost.
      draw();
      return work;
    },
  };
}
