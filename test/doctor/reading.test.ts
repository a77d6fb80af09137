import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { systemClock } from '../../src/cloud/clock.ts';
import { connect } from '../../src/cloud/connect.ts';
import { endpointsFrom } from '../../src/cloud/endpoints.ts';
import { watchingLimits } from '../../src/doctor/context.ts';
import { diagnose, together } from '../../src/doctor/doctor.ts';
import { rateLimitHeaders } from '../../src/doctor/probes/limits.ts';
import { readingProbes } from '../../src/doctor/probes/reading.ts';
import { createLog } from '../../src/log.ts';
import { type Finding, resultOf } from '../../src/model/diagnosis.ts';
import { kinds } from '../../src/pipeline.ts';
import { withServer } from '../cloud/scripted.ts';
import { keystead } from '../helpers/cli.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { clockOf } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { at, list, text } from '../helpers/platform.ts';

const validate = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('schemas/doctor.schema.json', 'utf8').replace(/"patternErrorMessage":[^\n]*\n/g, '')),
);

/** Each probe's verdict, in order. */
const verdicts = (report: unknown) =>
  Object.fromEntries(list(report, 'findings').map((finding) => [text(finding, 'probe'), text(finding, 'is')]));

describe('doctor', () => {
  test('in an account without anything in it reads, writes nothing, and what it cannot see is no fault', async () => {
    await withEmulator(async ({ emulator }) => {
      const { code, stdout, stderr } = await keystead(['doctor', '--json'], { env: emulator.environment });
      const report: unknown = JSON.parse(stdout);
      expect([validate(report), validate.errors]).toEqual([true, null]);
      expect([code, at(report, 'result'), stderr]).toEqual([0, 'as assumed', '']);
      expect(verdicts(report)).toEqual({
        'catalog-service': 'as assumed',
        'roles-of-pair': 'as assumed',
        'alias-not-found': 'not readable',
        'key-list-members': 'not readable',
        'registration-forms': 'not readable',
        'endpoints-of-instance': 'not readable',
        'echo-of-instance': 'not readable',
        'page-sizes': 'as assumed',
        'rate-limit-headers': 'as assumed',
      });
      expect(Object.keys(verdicts(report))).toEqual(readingProbes.map(({ probe }) => probe));
    });
  });

  test('tells what an account with a stack shows, which roles are missing and for what, and what differs', async () => {
    await withEmulator(
      async ({ emulator }) => {
        await withFolder({ 'k.yaml': lakehouse }, async (cwd) => {
          const env = emulator.environment;
          await keystead(['apply', '--auto-approve'], { cwd, env });

          const whole = await keystead(['doctor', '--instance', 'lakehouse', 'k.yaml'], { cwd, env });
          expect(whole.code).toBe(0);
          expect(whole.stdout).toContain('Login    IBMid-3100000001, a user');
          expect(whole.stdout).toMatch(/Key Protect, us-south +http:\S+ +\d+ ms {2}clocks agree/);
          expect(whole.stdout).toMatch(/all \d+ reads are allowed/);
          expect(whole.stdout).toMatch(/= alias-not-found +as assumed: 404 KEY_NOT_FOUND_ERR/);
          expect(whole.stdout).toContain('registered: data-virtualization, instance (1)');
          expect(whole.stdout).toContain('parameters: disk_encryption_key_crn');
          // Names alone: a parameter's value may be a secret.
          expect(whole.stdout).not.toContain(':key:');
          expect(whole.stdout).toContain('Doctor: 8 as assumed, 0 differ, 1 not readable.');

          emulator.identities.add({
            name: 'robot',
            apiKey: 'robot-key',
            access: [{ roles: ['Reader'] }],
            platform: [{ roles: ['Viewer'] }],
          });
          const robot = { cwd, env: { ...env, IBMCLOUD_API_KEY: 'robot-key' } };
          const reader = await keystead(['doctor', 'k.yaml'], robot);
          expect([reader.code, reader.stdout]).toEqual([0, expect.stringContaining('1 read refused.')]);
          expect(reader.stdout).toContain(
            'read the policies of the instance and of its keys of "vault": refused; needed by plan, apply, drift',
          );
          expect(reader.stdout).toMatch(/the service role Manager on the Key Protect\s+instance/);

          emulator.settings.change({ disposition: 'harsh' });
          emulator.clock.advance(90_000);
          const other = await keystead(['doctor'], { cwd, env });
          expect(other.stdout).toMatch(/this clock is (?:89|90|91) s behind/);
          expect(other.stdout).toMatch(/! alias-not-found +differs: 404 KEY_ALIAS_NOT_FOUND_ERR/);
          expect([other.code, other.stdout]).toEqual([2, expect.stringContaining(' as assumed, 1 differs, ')]);
          expect(other.stdout).toMatch(/assumed: 404 KEY_NOT_FOUND_ERR, as for an unknown id\n +so: nothing breaks/);
        });
      },
      { settings: { disposition: 'kind' } },
    );
  });

  test("of another account's manifests says so, asks about what they declare, and creates nothing there", async () => {
    await withEmulator(async ({ emulator }) => {
      const foreign =
        'apiVersion: keystead/v1\nstack: other\naccount: ffffffffffffffffffffffffffffffff\n' +
        'keyProtectInstances: { safe: { region: eu-de } }\n' +
        'deployments: { pg: { service: databases-for-postgresql, plan: standard, region: eu-de } }\n';
      await withFolder({ 'k.yaml': foreign }, async (cwd) => {
        const env = emulator.environment;
        const { code, stdout } = await keystead(['doctor', 'k.yaml'], { cwd, env });
        expect([code, stdout]).toEqual([2, expect.stringContaining('the manifests belong to account ffff')]);
        expect(stdout).toMatch(/ {2}Key Protect, eu-de +http/);
        expect(stdout).toMatch(/databases-for-postgresql: Administrator, AuthorizationDelegator/);
        const refused = await keystead(['doctor', '--probe', 'throwaway', '--auto-approve', 'k.yaml'], { cwd, env });
        expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('error[OTHER_ACCOUNT]')]);
      });
    });
  });

  test('that names an instance which is not there ends with 1 and the name that was most likely meant', async () => {
    await withEmulator(async ({ emulator }) => {
      const ran = await keystead(['doctor', '--instance', 'vault'], { env: emulator.environment });
      expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('error[NO_SUCH_INSTANCE]')]);
    });
  });

  test('names an API that does not answer, and goes on with the others', async () => {
    await withEmulator(async ({ emulator }) => {
      const environment = { ...emulator.environment, IBMCLOUD_GS_API_ENDPOINT: 'http://127.0.0.1:1' };
      const clock = clockOf(emulator);
      const connection = connect({
        credentials: { type: 'iam', apiKey: emulator.environment['IBMCLOUD_API_KEY'] ?? '' },
        endpoints: endpointsFrom(environment, 'public'),
        log: createLog({ level: 'silent' }),
        clock,
      });
      const { signal } = new AbortController();
      const raw = connection.raw('reading');
      const { diagnosis } = await diagnose(
        { wanted: undefined, instance: undefined },
        { kinds, reader: connection.reader(), raw, clock, signal },
      );
      const unreached = diagnosis.endpoints.filter(({ error }) => error !== null);
      expect(unreached.map(({ api, status, error }) => [api, status, error])).toEqual([
        ['Global Search', null, expect.stringContaining('http://127.0.0.1:1 could not be reached')],
      ]);
      expect(resultOf(diagnosis)).toBe('failed');
    });
  });
});

test.each(['soon', 'NaN', '', '-5'])('a reset of a rate limit that is %j is in another form', async (reset) => {
  await withServer(
    () => ({ headers: { 'x-ratelimit-reset': reset } }),
    async ({ connection }) => {
      const { raw, limits } = watchingLimits(connection.raw('reading'));
      const subjects = { account: '', services: [], vaults: [], vaultsInAll: 0, instance: undefined, regions: [] };
      await raw.ask('Resource Controller', { operation: 'reach', path: '/v2/resource_instances' });
      const context = { raw, limits, subjects, reader: connection.reader(), clock: systemClock };
      expect(await rateLimitHeaders.look(context)).toMatchObject({ is: 'differs' });
    },
  );
});

test('a question that reading left open, and something that was made answered, counts once', () => {
  const finding = (probe: string, is: Finding['is'], text: string): Finding => {
    return { probe, asks: '', assumes: '', otherwise: '', source: '', is, text, details: [] };
  };
  const read = [finding('a', 'not readable', 'read'), finding('b', 'differs', 'read')];
  const made = [
    finding('b', 'as assumed', 'made'),
    finding('a', 'as assumed', 'made'),
    finding('c', 'differs', 'made'),
  ];
  expect(together(read, made).map(({ probe, text }) => `${probe} ${text}`)).toEqual(['b read', 'a made', 'c made']);
});

test('raw requests for reading send nothing that may change something', async () => {
  const connection = connect({
    credentials: { type: 'iam', apiKey: 'unused' },
    endpoints: endpointsFrom({}, 'public'),
    log: createLog({ level: 'silent' }),
    clock: systemClock,
  });
  const call = { operation: 'delete', method: 'DELETE', path: '/v2/policies/x' } as const;
  await expect(connection.raw('reading').ask('IAM policy management', call)).rejects.toThrow(TypeError);
});
