import { expect, test } from 'vitest';
import { proxyFor } from '../../../src/artifacts/official/proxy.js';

const choose = (url: string, env: Record<string, string>): string | undefined => proxyFor(new URL(url), env)?.href;
const HTTPS = { https_proxy: 'http://proxy:3128', HTTP_PROXY: 'http://plain:3128' };

test.each([
  ['https://dl.k8s.io/x', {}, undefined],
  ['https://dl.k8s.io/x', HTTPS, 'http://proxy:3128/'],
  ['http://dl.k8s.io/x', HTTPS, 'http://plain:3128/'],
  ['https://dl.k8s.io/x', { HTTP_PROXY: 'http://plain:3128' }, undefined],
  ['https://dl.k8s.io/x', { ALL_PROXY: 'proxy:8080' }, 'http://proxy:8080/'],
  ['https://dl.k8s.io/x', { ...HTTPS, https_proxy: '' }, undefined],
  ['https://dl.k8s.io/x', { ...HTTPS, NO_PROXY: 'k8s.io' }, undefined],
  ['https://dl.k8s.io/x', { ...HTTPS, NO_PROXY: '.k8s.io, other' }, undefined],
  ['https://dl.k8s.io/x', { ...HTTPS, no_proxy: '*.k8s.io' }, undefined],
  ['https://notk8s.io/x', { ...HTTPS, no_proxy: 'k8s.io' }, 'http://proxy:3128/'],
  ['https://dl.k8s.io/x', { ...HTTPS, no_proxy: 'k8s.io:8443' }, 'http://proxy:3128/'],
  ['https://dl.k8s.io:8443/x', { ...HTTPS, no_proxy: 'k8s.io:8443' }, undefined],
  ['https://dl.k8s.io/x', { ...HTTPS, no_proxy: '*' }, undefined],
  ['https://10.1.2.3/x', { ...HTTPS, no_proxy: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3/x', { ...HTTPS, no_proxy: '10.0.0.0/8' }, 'http://proxy:3128/'],
  ['https://[fd00::1]/x', { ...HTTPS, no_proxy: 'fd00::/8' }, undefined],
  ['https://[fd00::1]/x', { ...HTTPS, no_proxy: 'fd00::1' }, undefined],
] as const)('%s with %j goes through %s', (url, env, proxy) => {
  expect(choose(url, env)).toBe(proxy);
});

test('what is no HTTP proxy is an error that does not show the value', () => {
  expect(() => choose('https://dl.k8s.io/', { https_proxy: 'socks5://me:secret@proxy:1080' })).toThrow(
    'the variable https_proxy does not name an HTTP proxy',
  );
});
