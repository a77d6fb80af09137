import { describe, expect, test } from '@jest/globals';
import { addressIn, consentHelp, deletesAllowed, refusalOf } from '../../src/model/consent.ts';
import { allVerbs, rowOf } from '../../src/model/verbs.ts';

describe('a consent', () => {
  test.each(allVerbs)('%s is one exactly when its row in the table of verbs says so', (verb) => {
    const { consent } = rowOf(verb);
    expect(refusalOf(`${verb}:key.dv-root`) === undefined).toBe(consent !== undefined);
    expect(refusalOf(verb) === undefined).toBe(consent?.bare === true);
    expect(consentHelp.some(([written]) => written.startsWith(verb))).toBe(consent !== undefined);
  });

  test.each(consentHelp)('%s is taken as the help writes it', (written, help) => {
    const consent = written.replace(/[[\]]/g, '').replace('ADDRESS', 'key.dv-root').replace(/N$/, '12');
    expect(refusalOf(consent)).toBeUndefined();
    expect(help.length).toBeLessThanOrEqual(60);
  });

  test.each([
    ['nonsense', /^Use delete:ADDRESS, .*adopt\[:ADDRESS\], .*deletes:N\.$/],
    ['rotate:key.dv-root', /^Use /],
    ['crypto-shred:key.dv-root', /^Did you mean cryptoshred:key\.dv-root\?$/],
    ['takover', /^Did you mean takeover\?$/],
    ['cryptoshred', /^Give an address: cryptoshred:KIND\.NAME\.$/],
    ['cryptoshred:', /^Give an address/],
    ['purge:dv-root', /^Give an address/],
    ['deletes', /^Give a number/],
    ['deletes:all', /^Give a number: deletes:N\.$/],
  ])('%s is none: what to write is said', (consent, expected) => {
    expect(refusalOf(consent)).toMatch(expected);
  });

  test('is about an address, or about several', () => {
    expect(['purge:key.a', 'adopt', 'deletes:3'].map(addressIn)).toEqual(['key.a', undefined, undefined]);
    expect(deletesAllowed(['purge:key.a', 'deletes:3', 'deletes:12'])).toBe(12);
    expect(deletesAllowed(['adopt'])).toBe(0);
  });
});
