import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { consentHelp } from '../../src/model/consent.ts';
import { keystead } from '../helpers/cli.ts';

describe('help', () => {
  test.each(['plan', 'apply'])('of %s lists every consent as it is written, with what it does', async (command) => {
    const { code, stdout } = await keystead([command, '--help']);
    const [, listed = ''] = stdout.split('Consents, as a plan names them:\n');
    expect(
      listed
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual(consentHelp);
    expect(code).toBe(0);
  });

  test.each(['validate', 'drift', 'show'])('of %s, which takes none, lists none', async (command) => {
    expect((await keystead([command, '--help'])).stdout).not.toMatch(/--allow|Consents/);
  });

  test('says what a flag or a command does in at most 60 characters', () => {
    const source = readFileSync('src/cli/program.ts', 'utf8');
    const said = [
      ...source.matchAll(/(?:option|Option|repeated|argument)\(\s*'[^']*',\s*(['"])(.*?)\1|description\('(.*?)'/g),
    ];
    const long = said.map((match) => match[2] ?? match[3] ?? '').filter((text) => text.length > 60);
    expect(said.length).toBeGreaterThan(50);
    expect(long).toEqual(['Declarative keys, service authorizations and encrypted deployments on IBM Cloud.']);
  });
});
