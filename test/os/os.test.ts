import { expect, test } from 'vitest';
import { KinitError } from '../../src/model/error.js';
import { findOs, isSupportedRelease, osOf, supportedReleases } from '../../src/os/index.js';
import { factsOf } from '../facts/facts-of.js';

test('Debian: ipvs and ipset come from their own packages', () => {
  const os = osOf(factsOf('n1'));
  expect(os.packagesFor('ipvsadm')).toEqual(['ipvsadm']);
  expect(os.packagesFor('ipset')).toEqual(['ipset']);
});

test.each([
  ['debian', '12', true],
  ['ubuntu', '24.04', true],
  ['debian', '10', false],
  ['ubuntu', '12', false],
])('%s %s supported: %s', (id, versionId, expected) => {
  const os = osOf(factsOf('n1'));
  expect(isSupportedRelease(os, { ...factsOf('n1').os, id, versionId })).toBe(expected);
});

test('the family comes from ID or ID_LIKE', () => {
  const os = (id: string, like: readonly string[]): ReturnType<typeof findOs> =>
    findOs({ ...factsOf('n1'), os: { ...factsOf('n1').os, id, like } });
  expect(os('debian', [])?.id).toBe('debian');
  expect(os('linuxmint', ['ubuntu', 'debian'])?.id).toBe('debian');
  expect(os('rocky', ['rhel', 'centos', 'fedora'])).toBeUndefined();
  expect(os('arch', [])).toBeUndefined();
});

test('another family is refused with what is supported', () => {
  const facts = {
    ...factsOf('n1'),
    os: { id: 'rocky', versionId: '9.4', codename: '', prettyName: 'Rocky Linux 9.4' },
  };
  expect(findOs(facts)).toBeUndefined();
  const thrown = ((): unknown => {
    try {
      return osOf(facts);
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(KinitError);
  expect(thrown).toMatchObject({
    message: 'Rocky Linux 9.4 is not supported yet',
    context: { class: 'preflight', host: 'n1', hint: `Supported are ${supportedReleases.join(', ')}.` },
  });
});
