import { expect, test } from 'vitest';
import { applyAndAsk, applyChanges } from '../../../src/engine/change/apply.js';
import type { Observed } from '../../../src/engine/change/observe.js';
import type { HostConnection } from '../../../src/model/host.js';
import type { Step } from '../../../src/model/resource.js';
import { failure, fakeHost, fakeTools, localHost } from '../../cluster/fakes.js';

/** A resource whose change takes these steps. */
function changing(name: string, kind: string, ...steps: readonly Step[]): Observed {
  return {
    resource: { kind, id: `${kind}:${name}` },
    kind: { kind, diff: () => ({ changed: false, reason: '' }), apply: () => steps },
    seen: undefined,
    difference: { changed: true, change: { action: 'run', summary: name, reason: 'test' } },
  };
}

const script = (text: string): Step => ({ do: 'script', script: text });

async function applied(
  observed: readonly Observed[],
  host: HostConnection,
): Promise<{ made: string[]; failed: string }> {
  const made: string[] = [];
  const error = await failure(applyChanges(observed, fakeTools({ host }), ({ resource }) => made.push(resource))).catch(
    () => undefined,
  );
  return { made, failed: error?.context.tried ?? '' };
}

test('what was made before a change failed is told, and nothing else', async () => {
  const observed = [
    changing('a', 'x', script('true')),
    changing('b', 'x', script('exit 3')),
    changing('c', 'x', script('true')),
  ];
  expect(await applied(observed, localHost())).toEqual({ made: ['x:a'], failed: 'x:b (exit code 3)' });
});

test('a change of several steps is made with its last one', async () => {
  const call = (run: () => Promise<void>): Step => ({ do: 'call', title: 'call', run });
  const observed = [
    changing(
      'a',
      'x',
      script('true'),
      call(() => Promise.resolve()),
    ),
    changing(
      'b',
      'y',
      script('true'),
      call(() => Promise.reject(new Error('no'))),
    ),
  ];
  expect((await applied(observed, localHost())).made).toEqual(['x:a']);
});

test('uploads are made together', async () => {
  const upload = (path: string): Step => ({
    do: 'upload',
    files: [{ path, content: { bytes: new Uint8Array() }, mode: 0o600 }],
  });
  const sent: string[] = [];
  const host = fakeHost({
    upload: (files) => {
      sent.push(...files.map(({ path }) => path));
      return Promise.resolve();
    },
  });
  expect((await applied([changing('a', 'x', upload('/a')), changing('b', 'x', upload('/b'))], host)).made).toEqual([
    'x:a',
    'x:b',
  ]);
  expect(sent).toEqual(['/a', '/b']);
});

test('what the shell of the host does is sent at once, and what is asked behind it', async () => {
  const log: string[] = [];
  const answers: (() => void)[] = [];
  const note = (what: string): Promise<void> => {
    log.push(what);
    return new Promise((resolve) => answers.push(resolve));
  };
  const host = fakeHost({
    run: (text) => note(/run-\w/.exec(text)?.[0] ?? text).then(() => ({ code: 0, stdout: '', stderr: '' })),
    upload: (files) => note(files.map(({ path }) => path).join(' ')),
  });
  const upload = (bytes: number): Step => ({
    do: 'upload',
    files: [{ path: `/file-of-${String(bytes)}`, content: { bytes: new Uint8Array(bytes) }, mode: 0o600 }],
  });
  const call: Step = { do: 'call', title: 'call', run: () => note('call') };
  const observed = [
    changing('a', 'x', script('run-a')),
    changing('b', 'y', upload(3)),
    changing('c', 'z', call),
    changing('d', 'x', script('run-d')),
    changing('e', 'y', upload(1_000_000)),
    changing('f', 'x', script('run-f')),
  ];
  const all = applyAndAsk(observed, fakeTools({ host }), { ask: (made) => note('ask').then(() => made) });
  const steps: string[][] = [];
  for (let seen = 0; ; ) {
    await new Promise((resolve) => setImmediate(resolve));
    if (log.length === seen) break;
    steps.push(log.slice(seen));
    seen = log.length;
    for (const answer of answers.splice(0)) answer();
  }
  await all;
  expect(steps).toEqual([['run-a', '/file-of-3'], ['call'], ['run-d'], ['/file-of-1000000'], ['run-f', 'ask']]);
});

test('nothing is done behind a step that failed, and its failure is told', async () => {
  const called: string[] = [];
  const call: Step = {
    do: 'call',
    title: 'call',
    run: () => {
      called.push('call');
      return Promise.resolve();
    },
  };
  const observed = [
    changing('a', 'x', script('exit 4')),
    changing('b', 'x', { do: 'script', script: 'true', stdin: 'x' }),
    changing('c', 'y', call),
  ];
  expect(await applied(observed, localHost())).toEqual({ made: [], failed: 'x:a (exit code 4)' });
  expect(called).toEqual([]);
});

test('calls that do not need each other run side by side, others in their turn; what was made is told although one failed', async () => {
  const running = new Set<string>();
  const together: string[] = [];
  const call = (name: string, beside?: string, fails = false): Observed =>
    changing(name, 'object', {
      do: 'call',
      title: name,
      ...(beside === undefined ? {} : { beside }),
      run: async () => {
        running.add(name);
        await new Promise((resolve) => setImmediate(resolve));
        together.push(`${name} with ${[...running].filter((other) => other !== name).join('')}`);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(name);
        if (fails) throw new Error(`${name} failed`);
      },
    });
  const made: string[] = [];
  const steps = [call('a'), call('b', 'x'), call('c', 'x', true), call('d', 'x'), call('e', 'y')];
  await expect(applyChanges(steps, fakeTools(), ({ resource }) => made.push(resource))).rejects.toThrow('c failed');
  expect(together).toEqual(['a with ', 'b with cd', 'c with bd', 'd with bc']);
  expect(made).toEqual(['object:a', 'object:b', 'object:d']);
});
