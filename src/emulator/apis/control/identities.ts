import { addIdentities, type GivenIdentity, readIdentity, removeIdentities } from '../../core/account/add-identity.ts';
import { developer, type IdentityRecord, identities } from '../../core/account/identities.ts';
import { EmulatorError } from '../../core/emulator-error.ts';
import type { Parts } from '../../core/parts.ts';
import type { World } from '../../core/world.ts';

/** Who there is beside the default identity, and what each may do. */
export interface Identities {
  /** The default one first; without API keys. */
  list(): readonly IdentityRecord[];
  /**
   * Adds one, or changes the one of that name.
   *
   * @throws EmulatorError for a name or an API key that is taken
   */
  add(given: GivenIdentity): void;
  /** Removes all but the default one. */
  clear(): void;
}

export function identitiesOf({ engine }: Pick<Parts, 'engine'>): Identities {
  const act = <T>(work: (world: World) => T): T => engine.transact(work);
  return {
    list: () => act(({ store }) => [developer, ...identities(store).all()]),
    add: (given) => act((world) => addIdentities(world, [given])),
    clear: () => act(removeIdentities),
  };
}

/**
 * `POST /_emulator/identities`: one or several; all of them or none.
 *
 * @returns everyone there is afterwards, or a sentence saying what is wrong
 */
export function postIdentities(parts: Parts, body: unknown): readonly IdentityRecord[] | string {
  const given = (Array.isArray(body) ? body : [body]).map(readIdentity);
  const wrong = given.find((one) => typeof one === 'string');
  if (typeof wrong === 'string') return wrong;
  try {
    parts.engine.transact((world) => addIdentities(world, given.filter(isGiven)));
  } catch (error) {
    if (error instanceof EmulatorError) return `${error.message} ${error.remedy}`;
    throw error;
  }
  return identitiesOf(parts).list();
}

function isGiven(one: GivenIdentity | string): one is GivenIdentity {
  return typeof one !== 'string';
}
