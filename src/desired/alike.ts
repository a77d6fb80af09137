import type { Kind } from '../kinds/kind.ts';
import { sameJson } from '../model/json.ts';
import type { Grant } from '../model/relation.ts';
import type { Alike, Desired } from '../model/resource.ts';

/** Whether IAM keeps one policy for both: roles are a field of it. */
export function isSamePair(left: Grant, right: Grant): boolean {
  return left.target === right.target && sameJson(left.source, right.source);
}

/**
 * Tells blocks that are one live object of each other, where such an object carries several marks. The first one by name
 * makes it, and the others join it. What is looked up or pinned is known otherwise.
 */
export function withAlike(kinds: readonly Kind[], desired: readonly Desired[]): readonly Desired[] {
  const shared = new Set(kinds.filter(({ marks }) => marks === 'shared').map(({ name }) => name));
  const own = desired.filter(
    ({ kind, spec }) => shared.has(kind) && !spec.existing && spec.crn === undefined && spec.policyId === undefined,
  );
  return desired.map((resource) => {
    const [grant] = resource.relations.grants;
    if (grant === undefined || !own.includes(resource)) return resource;
    const others = own.filter(
      (other) => other !== resource && other.relations.grants.some((theirs) => isSamePair(grant, theirs)),
    );
    if (others.length === 0) return resource;
    const alike = others.map(({ mark: { name }, spec: { state = 'present' }, formerMarks }): Alike => {
      return { name, state, ...(formerMarks === undefined ? {} : { formerMarks }) };
    });
    const [first] = [resource, ...others]
      .filter(isPresent)
      .sort((one, two) => (one.mark.name < two.mark.name ? -1 : 1));
    const waits = first === undefined || first === resource || !isPresent(resource) ? [] : [first.address];
    return { ...resource, alike: [...alike].sort(byName), dependsOn: [...resource.dependsOn, ...waits] };
  });
}

function isPresent({ spec }: Desired): boolean {
  return spec.state === undefined || spec.state === 'present';
}

function byName(one: Alike, two: Alike): number {
  return one.name < two.name ? -1 : 1;
}
