import { parseCrn } from '../../model/crn.ts';
import type { Common } from '../../model/resource.ts';
import { keyProtectRoles } from '../../services/roles.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import { type Finding, finding } from '../finding.ts';
import { mentionsMark } from './facts.ts';
import type { AuthorizationSpec } from './spec.ts';

const SOURCES = 'name a `service`, or a `resourceGroup` for every service in it';
const FORMS = 'name exactly one of `instance`, `ring`, `key`, or `service` with `crn`';

/** Offline rules that an authorization can break by itself. */
export function* check(spec: AuthorizationSpec & Common): Iterable<Finding> {
  const { source, target, roles, description, existing, state } = spec;
  if (description !== undefined && mentionsMark(description)) {
    const message = 'a description may not hold [keystead:…], which is how ownership is marked';
    yield finding('/description', 'RESERVED_NAME', message, 'leave it out: Keystead adds its own mark');
  }
  const { service, instance, resourceType, resourceGroup } = source;
  if (service === undefined && resourceGroup === undefined) {
    yield finding('/source', 'SOURCE_FORM', 'the source names neither a service nor a resource group', SOURCES);
  } else if (service === undefined && (instance ?? resourceType) !== undefined) {
    const member = instance === undefined ? 'resourceType' : 'instance';
    yield finding(
      `/source/${member}`,
      'SOURCE_FORM',
      `\`${member}\` narrows a service, and the source names none`,
      SOURCES,
    );
  }
  const named = (['instance', 'ring', 'key', 'service'] as const).filter((member) => target[member] !== undefined);
  if (named.length !== 1) {
    const which = named.length === 0 ? 'nothing' : named.map((name) => `\`${name}\``).join(' and ');
    yield finding('/target', 'TARGET_FORM', `the target names ${which}`, FORMS);
  } else if (target.crn !== undefined && target.service === undefined) {
    yield finding('/target/crn', 'TARGET_FORM', '`crn` goes with `service`', FORMS);
  } else if (target.crn !== undefined && parseCrn(target.crn)?.service !== target.service) {
    const remedy = `use the full CRN: crn:v1:bluemix:public:${target.service}:<region>:a/<account>:<guid>::`;
    yield finding('/target/crn', 'CRN_FORM', `this is not the CRN of an instance of ${target.service}`, remedy);
  }
  for (const [index, role] of roles.entries()) {
    if ((target.service ?? KEY_PROTECT) !== KEY_PROTECT || keyProtectRoles.includes(role)) continue;
    const remedy = `use one of ${keyProtectRoles.join(', ')}`;
    yield finding(`/roles/${index}`, 'ROLE_UNKNOWN', `Key Protect has no role "${role}"`, remedy);
  }
  const isOurs = existing !== true && (state === undefined || state === 'present');
  if (isOurs && named.length === 1 && target.service === KEY_PROTECT && target.crn === undefined) {
    const message = 'this authorizes every Key Protect instance of the account';
    const broad = finding('/roles', 'BROAD_AUTHORIZATION', message, 'name one `instance` as the target');
    yield { ...broad, severity: 'warning' };
  }
}
