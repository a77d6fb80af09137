import type { KpKey } from '../../cloud/key-protect/shapes.ts';
import type { LiveId, Mark } from '../../model/address.ts';
import { given } from '../../model/json.ts';
import { unrelated } from '../../model/relation.ts';
import type { Life, Observed } from '../../model/resource.ts';

export interface LiveKey {
  readonly key: KpKey;
  readonly instance: LiveId;
  /** Why its rotation policy is not known. */
  readonly rotationUnread?: string;
}

const ALIAS = /^keystead_([a-z0-9-]+)_([a-z0-9-]+)$/;

/** The alias that marks a key as a stack's, unique in its instance. It travels in the create call, so a retry is safe. */
export function aliasOf(mark: Mark): string {
  return `keystead_${mark.stack}_${mark.name}`;
}

/** Aliases that are nobody's mark. */
export function plainAliases(key: KpKey): readonly string[] {
  return (key.aliases ?? []).filter((alias) => !ALIAS.test(alias)).sort();
}

export function ringOf(key: KpKey): string {
  return key.keyRingID ?? 'default';
}

/** The name of a ring from its live id `<instance>#<ring>`. */
export function ringNameIn(id: LiveId): string {
  return id.slice(id.indexOf('#') + 1);
}

/** Source: Key Protect docs, "Key states and transitions" and "Restoring keys". */
function lifeOf(key: KpKey): Life {
  if (key.state !== DESTROYED) return { is: 'active' };
  if (key.restoreAllowed === false) {
    return { is: 'lost', code: 'DATA_GONE', why: `it was destroyed${when(key.deletionDate)} and cannot be restored` };
  }
  return {
    is: 'restorable',
    as: 'destroyed',
    until: key.restoreExpirationDate,
    by: key.deletedBy,
    since: key.deletionDate,
  };
}

const DESTROYED = 5;
/** Live states in which a key does not encrypt. Source: Key Protect docs, "Key states and transitions". */
const IMPAIRED: Readonly<Record<number, string>> = {
  0: 'it is not active yet: Key Protect activates it by itself',
  2: 'it is disabled: nothing under it can be read or written until `enabled: true`',
  3: 'it has expired for good: nothing new can be encrypted under it, and what was can still be read, so move to another key',
};
const when = (date: string | undefined): string => (date === undefined ? '' : ` on ${date}`);

export function toObserved(instance: LiveId, key: KpKey): Observed<LiveKey> {
  return {
    kind: 'key',
    id: key.crn,
    name: key.name,
    // A destroyed key has no identity but its mark: its name is free again.
    identity: key.state === DESTROYED ? '' : `${instance}|${key.name}`,
    marks: (key.aliases ?? []).flatMap((alias) => {
      const [, stack, name] = ALIAS.exec(alias) ?? [];
      return stack !== undefined && name !== undefined ? [{ stack, name }] : [];
    }),
    life: lifeOf(key),
    version: `${key.state} ${key.lastUpdateDate ?? ''}`,
    relations: { ...unrelated, inside: [instance, `${instance}#${ringOf(key)}`], wraps: !key.extractable },
    facts: { key, instance },
    ...given({ impaired: IMPAIRED[key.state], madeBy: key.createdBy, madeAt: key.creationDate }),
  };
}
