import { expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { account, authorization, authorize, encrypted, scene, text } from '../helpers/platform.ts';

const user = 'IBMid-3100000001';
const day = 24 * 3600_000;

test('the activity log names who did what to which CRN, with the transaction of the call', async () => {
  await withEmulator(async ({ api, emulator }) => {
    const { vault, key } = await scene(api);
    const policy = await authorize(api, { instance: vault });
    const crn = text((await encrypted(api, key.crn)).body, 'crn');
    const path = `/v2/resource_instances/${encodeURIComponent(crn)}`;
    await api('GET', path);
    await api('PATCH', path, { body: { name: 'renamed' } });
    await api('GET', path);
    const headers = { 'Transaction-Id': 'tx-1' };
    await api('DELETE', path, { headers });
    expect(emulator.events().filter(({ correlationId }) => correlationId === 'tx-1')).toMatchObject([
      { action: 'data-virtualization.instance.schedule_reclaim', initiator: user, target: crn },
    ]);
    const reclamation = async (): Promise<string> =>
      text((await api('GET', '/v1/reclamations')).body, 'resources', 0, 'id');
    const body = { request_by: 'a ticket' };
    await api('POST', `/v1/reclamations/${await reclamation()}/actions/restore`, { body });
    await api('DELETE', path);
    await api('POST', `/v1/reclamations/${await reclamation()}/actions/reclaim`, { body });
    const etag = (await api('GET', `/v2/policies/${policy}`)).headers.get('etag') ?? '';
    const changed = authorization({ instance: vault, description: 'narrow' });
    await api('PUT', `/v2/policies/${policy}`, { body: changed, headers: { 'If-Match': etag } });
    await api('DELETE', `/v2/policies/${policy}`);
    const kms = { 'Bluemix-Instance': vault, ...headers };
    await api('DELETE', `/api/v2/keys/${key.id}`, { headers: kms });

    const target = `crn:v1:bluemix:public:iam-am::a/${account}::policy:${policy}`;
    const service = `crn-${crn}`;
    const events = emulator.events();
    expect(events.map((event) => [event.action, event.initiator, event.target])).toEqual([
      ['kms.instance.create', user, expect.stringContaining(vault)],
      ['kms.secrets.create', user, key.crn],
      ['iam-am.policy.create', user, target],
      ['kms.registrations.create', service, key.crn],
      ['data-virtualization.instance.create', user, crn],
      ['data-virtualization.instance.update', user, crn],
      ['data-virtualization.instance.schedule_reclaim', user, crn],
      ['data-virtualization.instance.restore', user, crn],
      ['data-virtualization.instance.schedule_reclaim', user, crn],
      ['data-virtualization.instance.delete', user, crn],
      ['kms.registrations.delete', service, key.crn],
      ['iam-am.policy.update', user, target],
      ['iam-am.policy.delete', user, target],
      ['kms.secrets.delete', user, key.crn],
    ]);
    expect(events.filter((event) => event.severity === 'critical').map((event) => event.action)).toEqual([
      'data-virtualization.instance.delete',
      'kms.registrations.delete',
      'iam-am.policy.delete',
      'kms.secrets.delete',
    ]);
    expect(events.at(-1)?.correlationId).toBe('tx-1');
    expect(events.every((event) => event.correlationId !== '' && event.at !== '')).toBe(true);
  });
});

test('what nobody asked for at that moment is the work of the platform, with a correlation id of its own', async () => {
  await withEmulator(async ({ api, emulator }) => {
    const { vault, key } = await scene(api);
    await authorize(api, { instance: vault });
    const crn = text((await encrypted(api, key.crn)).body, 'crn');
    await api('GET', `/v2/resource_instances/${encodeURIComponent(crn)}`);
    await api('DELETE', `/v2/resource_instances/${encodeURIComponent(crn)}`);
    emulator.clock.advance(3 * day);
    const [removed, unregistered] = emulator.events().slice(-2);
    expect(unregistered).toMatchObject({ action: 'kms.registrations.delete', initiator: `crn-${crn}` });
    expect(removed).toMatchObject({
      action: 'data-virtualization.instance.delete',
      initiator: 'resource-controller',
      correlationId: unregistered?.correlationId,
    });
  });
});
