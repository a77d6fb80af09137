import { parseCrn } from '../../model/crn.ts';
import type { GrantSuggestion } from '../kind.ts';

/** The schema's limit for map keys. */
const LONGEST = 46;

/** The authorization that would grant this, as it is pasted into a manifest. */
export function suggest({ purpose, service, on, declared, roles }: GrantSuggestion): readonly string[] {
  const isKey = parseCrn(on)?.type === 'key';
  const name =
    purpose === 'reads' ? `${service}-reads-${declared ?? (isKey ? 'key' : 'key-protect')}` : `${service}-${purpose}`;
  const target = isKey ? `{ key: ${declared ?? `'${on}'`} }` : (declared ?? `{ instance: '${on}' }`);
  return [
    `  ${name.slice(0, LONGEST)}:`,
    `    source: ${service}`,
    `    target: ${target}`,
    `    roles: [${roles.join(', ')}]`,
  ];
}
