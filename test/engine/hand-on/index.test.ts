import { expect, test } from 'vitest';
import { createHandOn } from '../../../src/engine/hand-on/index.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { KinitEvent } from '../../../src/model/event.js';
import type { HostConnection, UploadFile } from '../../../src/model/host.js';
import { scriptOf } from '../../../src/shell/script.js';
import { fakeHost } from '../../cluster/fakes.js';
import { factsOf } from '../../facts/facts-of.js';

const FILES: readonly UploadFile[] = ['a', 'b'].map((name) => ({
  path: `/usr/local/bin/${name}`,
  content: { localFile: `/store/${name}`, size: 5_000_000 },
  mode: 0o755,
  sha256: name.repeat(64),
}));
const SMALL: UploadFile = { path: '/etc/x', content: { bytes: Buffer.from('x') }, mode: 0o644 };

interface Site {
  readonly hosts: readonly HostConnection[];
  /** 'HOST uploads NAME...', 'HOST runs SCRIPT', in order. */
  readonly told: readonly string[];
  readonly events: readonly KinitEvent[];
}

/** @param fetched what fetch.sh prints */
function siteOf(names: readonly string[], fetched: string, sites: Readonly<Record<string, string>> = {}): Site {
  const spec = specSchema.parse({
    artifacts: { fanOut: 'tree' },
    hosts: names.map((name, i) => ({
      name,
      address: `10.0.0.${String(i + 1)}`,
      ...(sites[name] === undefined ? {} : { site: sites[name] }),
      ...(i === 0 ? { roles: ['control-plane'] } : {}),
    })),
  });
  const told: string[] = [];
  const events: KinitEvent[] = [];
  const handOn = createHandOn(spec, (event) => void events.push(event));
  const hosts = spec.hosts.map((host) =>
    handOn({
      spec: host,
      facts: factsOf(host.name),
      connection: fakeHost({
        host: host.name,
        upload: (files) => {
          told.push(`${host.name} uploads ${files.map(({ path }) => path.split('/').at(-1)).join(' ')}`);
          return Promise.resolve();
        },
        run: (script) => {
          const name = scriptOf(script)?.name ?? '';
          told.push(`${host.name} runs ${name.split('/').at(-1) ?? ''}`);
          const stdout = name.endsWith('serve') ? 'up\n' : name.endsWith('fetch') ? fetched : '';
          return Promise.resolve({ code: 0, stdout, stderr: '' });
        },
      }),
    }),
  );
  return { hosts, told, events };
}

test('one host of the site is sent the files, the other takes them from it before it is asked what is missing', async () => {
  const { hosts, told, events } = siteOf(['one', 'two'], `got ${'a'.repeat(64)}\n`);
  await Promise.all(hosts.map((host) => host.upload([...FILES, SMALL])));
  expect(told).toEqual([
    'one uploads a b',
    'one runs keep',
    'one uploads x',
    'one runs serve',
    'two runs fetch',
    'two uploads a b x',
    'two runs keep',
  ]);
  expect(events).toMatchObject([{ type: 'progress', host: 'two', text: 'files: 10 MB from one' }]);
});

test('a way that is closed is told once, and the files are sent', async () => {
  const { hosts, told, events } = siteOf(['one', 'two', 'three'], '');
  await hosts[0]?.upload(FILES);
  await hosts[1]?.upload(FILES);
  expect(told.at(-2)).toBe('two uploads a b');
  expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
    { text: expect.stringContaining('port 10270/tcp): it is sent them through SSH') as string },
  ]);
  await hosts[2]?.upload(FILES);
  expect(told.filter((line) => line.includes('serve'))).toEqual(['one runs serve', 'two runs serve']);
});

test('hosts of another site, and the only one of its site, are sent everything', async () => {
  const { hosts, told } = siteOf(['one', 'two', 'three'], '', { three: 'elsewhere' });
  await hosts[2]?.upload(FILES);
  expect(told).toEqual(['three uploads a b']);
});

test('small files wait for nobody', async () => {
  const { hosts, told } = siteOf(['one', 'two'], '');
  await hosts[1]?.upload([SMALL]);
  expect(told).toEqual(['two uploads x']);
});
