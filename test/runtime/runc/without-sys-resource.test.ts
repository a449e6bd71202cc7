import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ociRuntimePath, ociRuntimeWrapper } from '../../../src/runtime/runc/on-containers.js';
import { must, SHELLS, withHost } from '../../resources/sh.js';

const CAPABILITIES = '"bounding":["CAP_CHOWN","CAP_SYS_RESOURCE","CAP_KILL"],"effective":["CAP_SYS_RESOURCE"]';

test('only hosts without the capability get it', () => {
  expect(ociRuntimeWrapper({})).toEqual([]);
  expect(ociRuntimePath({})).toBe('/usr/local/bin/runc');
  expect(ociRuntimeWrapper({ lacksSysResource: true })).toMatchObject([
    { kind: 'file', path: ociRuntimePath({ lacksSysResource: true }), mode: 0o755 },
  ]);
});

const [wrapper] = ociRuntimeWrapper({ lacksSysResource: true });
const TEXT = String((wrapper as unknown as { content: string }).content);

for (const shell of SHELLS) {
  test(`${shell}: what the host cannot give is taken out of the container's specification, and runc is called as told`, () => {
    withHost((host) => {
      host.command('runc', 'exit 0');
      host.write('/b/config.json', `{"process":{"capabilities":{${CAPABILITIES}},"oomScoreAdj":-997}}`);
      host.write('/proc/self/oom_score_adj', '-5\n');
      const script = TEXT.replace('exec /usr/local/bin/runc "$@"', 'runc "$@"').replace(
        '/proc/self/',
        `${host.root}/proc/self/`,
      );
      must(shell, `set -- --root /r create --bundle ${host.root}/b --pid-file /p id\n${host.inside(script)}`);
      const text = readFileSync(`${host.root}/b/config.json`, 'utf8');
      expect(text).toBe(
        '{"process":{"capabilities":{"bounding":["CAP_CHOWN","CAP_KILL"],"effective":[]},"oomScoreAdj":-5}}',
      );
      expect(host.calls()).toEqual([`runc --root /r create --bundle ${host.root}/b --pid-file /p id`]);
    });
  });
}
