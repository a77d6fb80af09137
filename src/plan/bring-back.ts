import type { Known } from '../kinds/known.ts';
import type { Affected } from '../model/change.ts';
import { instanceCrnOf } from '../model/crn.ts';
import type { Desired } from '../model/resource.ts';

/**
 * What to say of a registration that its service may no longer remove: the authorization that must come back, as YAML to
 * paste.
 */
export function bringBack({ on, by, service }: Affected, desired: readonly Desired[], known: Known): string {
  const vault = instanceCrnOf(on);
  const declared = desired.find(({ address }) => known.id(address) === vault);
  const target = declared?.mark.name ?? `{ instance: '${vault}' }`;
  const name = `${service}-unregisters`.slice(0, 46);
  return [
    `${by} is gone for longer than its window and is still registered: nothing authorizes ${service} to unregister it.`,
    'Bring the authorization back; it can go again once the registration is gone:',
    'authorizations:',
    `  ${name}:`,
    `    source: ${service}`,
    `    target: ${target}`,
    '    roles: [Reader]',
  ].join('\n');
}
