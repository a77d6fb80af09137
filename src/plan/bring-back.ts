import type { Known } from '../kinds/known.ts';
import type { LiveId } from '../model/address.ts';
import type { Affected } from '../model/change.ts';
import { instanceCrnOf } from '../model/crn.ts';
import type { Desired } from '../model/resource.ts';

/**
 * What to say of a registration that its service may no longer remove: the authorization that must come back, as YAML to
 * paste.
 */
export function bringBack({ on, by, service }: Affected, desired: readonly Desired[], known: Known): string {
  const vault = instanceCrnOf(on);
  const target = nameOf(vault, desired, known) ?? `{ instance: '${vault}' }`;
  return [
    `${by} is gone for longer than its window and is still registered: nothing authorizes ${service} to unregister it.`,
    'Bring the authorization back; it can go again once the registration is gone:',
    'authorizations:',
    ...authorization(`${service}-unregisters`, service, target),
  ].join('\n');
}

/**
 * The authorizations that must be there before these uses lose the one that serves them, as YAML to paste: on the keys
 * alone, since one of the same source and target as another would be the same.
 */
export function authorizeFirst(lost: readonly Affected[], desired: readonly Desired[], known: Known): string {
  const blocks = lost.map(({ on, service }) => {
    const key = nameOf(on, desired, known);
    const target = key === undefined ? `{ key: '${on}' }` : `{ key: ${key} }`;
    return authorization(`${service}-reads-${key ?? 'key'}`, service, target).join('\n');
  });
  return ['authorizations:', ...new Set(blocks)].join('\n');
}

function nameOf(id: LiveId, desired: readonly Desired[], known: Known): string | undefined {
  return desired.find(({ address }) => known.id(address) === id)?.mark.name;
}

function authorization(name: string, service: string, target: string): readonly string[] {
  return [`  ${name.slice(0, 46)}:`, `    source: ${service}`, `    target: ${target}`, '    roles: [Reader]'];
}
