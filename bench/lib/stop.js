const controller = new AbortController();

/** Aborted by the first Ctrl-C or SIGTERM: what runs ends, what was made is taken away, and nothing more is begun. A second one ends all at once. */
export const stopped = controller.signal;

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    console.log('stopping: labs are taken down; once more ends at once and leaves them');
    controller.abort(new Error(`stopped by ${signal}`));
  });
