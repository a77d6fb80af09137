import type { Reader } from '../cloud/reader.ts';
import type { PlanContext } from '../kinds/context.ts';
import { SafetyRefusal } from '../model/errors.ts';
import { type PlanInput, stacksOf } from '../model/plan-input.ts';

/** @throws SafetyRefusal `OTHER_ACCOUNT` before any request but the login */
export async function refuseOtherAccount({ account }: PlanInput, reader: Reader): Promise<void> {
  const { accountId } = await reader.login();
  if (account === undefined || account === accountId) return;
  const message = `the manifests belong to account ${account}, but the login is to ${accountId}`;
  throw new SafetyRefusal('OTHER_ACCOUNT', message, {
    remedy: `use an API key of that account, or correct the manifests: \`account: ${accountId}\``,
  });
}

/**
 * No block at all is more likely a lost file than a wish: a stack that owns something ends by `state: absent`.
 *
 * @throws SafetyRefusal `EMPTY_SET` naming what the stack owns
 */
export async function refuseEmptySet(input: PlanInput, { kinds, reader }: PlanContext): Promise<void> {
  if (input.desired.length > 0) return;
  const asked = [...stacksOf(input)].flatMap((stack) => [...kinds].map((kind) => kind.observe.owned(reader, stack)));
  const owned = (await Promise.all(asked)).flat();
  if (owned.length === 0) return;
  throw new SafetyRefusal('EMPTY_SET', `nothing is declared, but stack ${input.stack} owns ${owned.join(', ')}`, {
    remedy: 'bring the manifests back, or declare what is to go with `state: absent`',
  });
}
