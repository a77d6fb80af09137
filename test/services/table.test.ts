import { describe, expect, test } from '@jest/globals';
import { alwaysRegisters, rolesOn, serviceRows } from '../../src/services/table.ts';

describe('whether a service always registers on its key', () => {
  test.each([
    ['messagehub', undefined, true],
    ['databases-for-postgresql', 'databases-for-postgresql-standard', true],
    // No source tells of Gen 2, so of the service as a whole neither.
    ['databases-for-postgresql', 'standard-gen2', false],
    ['databases-for-postgresql', undefined, false],
    ['databases-for-etcd', 'standard', false],
    ['lakehouse', undefined, false],
    ['nobody-knows', undefined, false],
  ])('%s, plan %s: %s', (service, plan, registers) => {
    expect(alwaysRegisters(service, plan)).toBe(registers);
  });

  // Source: Db2 on Cloud docs, "Key Protect integration".
  test.each([
    ['Performance', ['Reader', 'AuthorizationDelegator']],
    ['dashDBStandard', ['Reader']],
  ])('Db2 %s needs %j on the key of its data', (plan, roles) => {
    expect(rolesOn(serviceRows('dashdb-for-transactions', plan)[0]?.keyParameters[0])).toEqual(roles);
  });

  test('a plan with a row of its own has that one alone', () => {
    const pathsOf = (plan?: string) =>
      serviceRows('databases-for-redis', plan).map(({ keyParameters }) => keyParameters[0]?.path);
    expect(pathsOf('standard-gen2')).toEqual(['dataservices/encryption/disk']);
    expect(pathsOf('standard')).toEqual(['disk_encryption_key_crn']);
    expect(pathsOf()).toEqual(['disk_encryption_key_crn', 'dataservices/encryption/disk']);
  });
});
