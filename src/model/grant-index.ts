import { isUnlocated } from './containment.ts';
import { instanceCrnOf, parseCrn } from './crn.ts';
import type { Grant, Need, Ref } from './relation.ts';

/** A grant, and the resource or live object that it belongs to. */
export interface Granted<Owner> {
  readonly grant: Grant;
  readonly owner: Owner;
}

/**
 * Grants by what they are about: target, service, and the instance that they are narrowed to. It proposes; whether a grant
 * concerns or covers a need is for the rules to say.
 */
export class GrantIndex<Owner> {
  readonly #entries = new Map<string, Set<Granted<Owner>>>();
  readonly #at = new Map<Ref, Set<Granted<Owner>>>();

  /** @returns what `remove` takes back */
  add(owner: Owner, grants: readonly Grant[]): readonly Granted<Owner>[] {
    return grants.map((grant) => {
      const entry = { grant, owner };
      addEntry(this.#entries, keyOf(grant), entry);
      addEntry(this.#at, grant.target, entry);
      return entry;
    });
  }

  remove(entries: readonly Granted<Owner>[]): void {
    for (const entry of entries) {
      this.#entries.get(keyOf(entry.grant))?.delete(entry);
      this.#at.get(entry.grant.target)?.delete(entry);
    }
  }

  /** Every grant that names just this target, whoever it is about. */
  at(target: Ref): Iterable<Granted<Owner>> {
    return this.#at.get(target) ?? [];
  }

  /** @param holders what is needed and all that holds it */
  about({ by: { service, instance } }: Need, holders: readonly Ref[]): readonly Granted<Owner>[] {
    const sources = [...new Set(['', service])].flatMap((name) => {
      const whole = { service: name };
      return instance === undefined ? [whole] : [whole, { ...whole, instance }];
    });
    return holders.flatMap((target) =>
      sources.flatMap((source) => [...(this.#entries.get(key(source, target)) ?? [])]),
    );
  }
}

/** One word for an instance, however it is known: a policy tells its GUID alone. A declared one is known by its address. */
export function instanceWord(ref: Ref): string {
  if (isUnlocated(ref)) return ref.slice('guid:'.length);
  return parseCrn(instanceCrnOf(ref))?.instance || ref;
}

function keyOf({ source, target }: Grant): string {
  return key(source, target);
}

function key(
  { service = '', instance }: { readonly service?: string | undefined; readonly instance?: Ref },
  target: Ref,
) {
  return `${service} ${target} ${instance === undefined ? '' : instanceWord(instance)}`;
}

function addEntry<Key, Entry>(groups: Map<Key, Set<Entry>>, key: Key, entry: Entry): void {
  const same = groups.get(key);
  if (same === undefined) groups.set(key, new Set([entry]));
  else same.add(entry);
}
