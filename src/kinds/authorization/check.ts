import { parseCrn } from '../../model/crn.ts';
import type { Common } from '../../model/resource.ts';
import { keyProtectRoles } from '../../services/roles.ts';
import type { Finding } from '../kind.ts';
import { mentionsMark } from './marks.ts';
import type { AuthorizationSpec } from './spec.ts';

const FORMS = 'name exactly one of `instance`, `ring`, `key`, or `service` with `crn`';

/** Offline rules that an authorization can break by itself. */
export function check({ target, roles, description, existing, state }: AuthorizationSpec & Common): readonly Finding[] {
  const findings: Finding[] = [];
  if (description !== undefined && mentionsMark(description)) {
    findings.push({
      pointer: '/description',
      code: 'RESERVED_NAME',
      message: 'a description may not hold [keystead:…], which is how ownership is marked',
      remedy: 'leave it out: Keystead adds its own mark',
    });
  }
  const named = (['instance', 'ring', 'key', 'service'] as const).filter((member) => target[member] !== undefined);
  if (named.length !== 1) {
    const which = named.length === 0 ? 'nothing' : named.map((name) => `\`${name}\``).join(' and ');
    findings.push({ pointer: '/target', code: 'TARGET_FORM', message: `the target names ${which}`, remedy: FORMS });
  } else if (target.crn !== undefined && target.service === undefined) {
    findings.push({
      pointer: '/target/crn',
      code: 'TARGET_FORM',
      message: '`crn` goes with `service`',
      remedy: FORMS,
    });
  } else if (target.crn !== undefined && parseCrn(target.crn)?.service !== target.service) {
    findings.push({
      pointer: '/target/crn',
      code: 'CRN_FORM',
      message: `this is not the CRN of an instance of ${target.service}`,
      remedy: `use the full CRN: crn:v1:bluemix:public:${target.service}:<region>:a/<account>:<guid>::`,
    });
  }
  if (target.service === undefined || target.service === 'kms') {
    for (const [index, role] of roles.entries()) {
      if (keyProtectRoles.includes(role)) continue;
      findings.push({
        pointer: `/roles/${index}`,
        code: 'ROLE_UNKNOWN',
        message: `Key Protect has no role "${role}"`,
        remedy: `use one of ${keyProtectRoles.join(', ')}`,
      });
    }
  }
  const isOurs = existing !== true && (state === undefined || state === 'present');
  if (isOurs && named.length === 1 && target.service === 'kms' && target.crn === undefined) {
    findings.push({
      pointer: '/roles',
      code: 'BROAD_AUTHORIZATION',
      severity: 'warning',
      message: 'this authorizes every Key Protect instance of the account',
      remedy: 'name one `instance` as the target',
    });
  }
  return findings;
}
