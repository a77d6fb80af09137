import { expect, test } from '@jest/globals';
import type { OddInstance } from '../../src/cloud/resource-controller/shapes.ts';
import { kinds, plan } from '../../src/pipeline.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { stackOf } from '../helpers/stacks.ts';

/** The plan where a row of the lists of instances could not be read. */
async function planWith({ connection, validate }: Keystead, odd: OddInstance): Promise<readonly string[]> {
  const { wanted } = await validate();
  if (wanted === undefined) throw new Error('the manifest is invalid');
  const { reader, now } = connection();
  const context = { kinds, now, consents: [], endpoints: 'emulator' };
  const made = await plan(wanted, { ...context, reader: { ...reader(), oddInstances: () => [odd] } });
  return [
    ...made.plan.changes.map(({ address, verb, status }) =>
      [address, verb, status.is === 'blocked' ? `${status.code} ${status.message}` : status.is].join(' '),
    ),
    ...made.plan.finished.map(({ address }) => `${address} finished`),
  ];
}

test('a list with a row that cannot be read proves no absence: nothing is made or taken for gone on its word', async () => {
  await withKeystead(async (keystead) => {
    const lakes = (more: string) =>
      stackOf('prod', `deployments:\n  here: { service: data-virtualization, plan: enterprise }\n${more}`);
    await keystead.write(lakes(''));
    await keystead.apply();
    await keystead.write(
      lakes(
        '  new: { service: data-virtualization, plan: enterprise }\n  old: { service: data-virtualization, plan: enterprise, state: absent }\nkeyProtectInstances: { vault: {} }\n',
      ),
    );
    const crn = 'crn:v1:bluemix:public:data-virtualization:us-south:a/1:odd::';
    const why = `the list of instances has rows that cannot be read: "odd" (${crn})`;
    expect(await planWith(keystead, { name: 'odd', crn, why: 'resource_plan_id is not a string' })).toEqual([
      'key-protect-instance.vault create ready',
      `deployment.new create UNREADABLE nothing can be concluded about deployment.new, since ${why}`,
      `deployment.old delete UNREADABLE nothing can be concluded about deployment.old, since ${why}`,
    ]);
    // One that does not even say of which service it is may be of any.
    expect(await planWith(keystead, { why: 'the body is not an object' })).toEqual([
      expect.stringContaining('key-protect-instance.vault create UNREADABLE'),
      expect.stringContaining('deployment.new create UNREADABLE'),
      expect.stringContaining('deployment.old delete UNREADABLE'),
    ]);
  });
});
