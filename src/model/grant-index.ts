import type { Grant, Need, Ref } from './relation.ts';

/** A grant, and the resource or live object that it belongs to. */
export interface Granted<Owner> {
  readonly grant: Grant;
  readonly owner: Owner;
}

/**
 * Grants by what they are about: service, target, and the instance that they are narrowed to. It proposes; whether a grant
 * concerns or covers a need is for the rules to say.
 */
export class GrantIndex<Owner> {
  readonly #entries = new Map<string, Set<Granted<Owner>>>();

  /** @returns what `remove` takes back */
  add(owner: Owner, grants: readonly Grant[]): readonly Granted<Owner>[] {
    return grants.map((grant) => {
      const entry = { grant, owner };
      const key = keyOf(grant.source.service, grant.target, grant.source.instance);
      const same = this.#entries.get(key);
      if (same === undefined) this.#entries.set(key, new Set([entry]));
      else same.add(entry);
      return entry;
    });
  }

  remove(entries: readonly Granted<Owner>[]): void {
    for (const entry of entries) {
      const { source, target } = entry.grant;
      this.#entries.get(keyOf(source.service, target, source.instance))?.delete(entry);
    }
  }

  /** @param holders what is needed and all that holds it */
  about({ by: { service, instance } }: Need, holders: readonly Ref[]): readonly Granted<Owner>[] {
    return holders.flatMap((target) => [
      ...(this.#entries.get(keyOf(service, target, undefined)) ?? []),
      ...(instance === undefined ? [] : (this.#entries.get(keyOf(service, target, instance)) ?? [])),
    ]);
  }
}

function keyOf(service: string, target: Ref, instance: Ref | undefined): string {
  return `${service} ${target} ${instance ?? ''}`;
}
