import type { Common } from '../../model/resource.ts';
import { ENDPOINTS_PARAMETER, planWord, serviceRow } from '../../services/table.ts';
import { checkTags } from '../instance/identity.ts';
import type { Finding } from '../kind.ts';
import { type DeploymentSpec, wordsIn } from './spec.ts';

/** Offline rules that a deployment can break by itself. */
export function check(spec: DeploymentSpec & Common, name: string): readonly Finding[] {
  return [...required(spec, name), ...encryption(spec), ...clashes(spec), ...secrets(spec), ...checkTags(spec.tags)];
}

function required(spec: DeploymentSpec & Common, name: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (spec.region === undefined && spec.crn === undefined) {
    findings.push({
      pointer: '',
      code: 'MISSING_FIELD',
      message: `deployment "${name}" has no region`,
      remedy: 'add `region: us-south`, or `defaults: { region: us-south }` for all',
    });
  }
  if (spec.plan === undefined && spec.existing !== true) {
    findings.push({
      pointer: '',
      code: 'MISSING_FIELD',
      message: `deployment "${name}" has no plan`,
      remedy: 'add the name of a catalog plan, for example `plan: enterprise`',
    });
  }
  const regions = serviceRow(spec.service)?.regions;
  if (spec.region !== undefined && regions !== undefined && !regions.includes(spec.region)) {
    findings.push({
      pointer: '/region',
      code: 'REGION_UNSUPPORTED',
      message: `${spec.service} is not offered in "${spec.region}"`,
      remedy: `use one of ${regions.join(', ')}`,
    });
  }
  return findings;
}

function encryption(spec: DeploymentSpec): readonly Finding[] {
  if (spec.encryption === undefined) return [];
  const row = serviceRow(spec.service);
  if (row === undefined) {
    return [
      {
        pointer: '/encryption',
        code: 'SERVICE_TAKES_NO_KEY',
        message: `Keystead does not know which parameter of ${spec.service} carries a key`,
        remedy: 'pass it by its name: parameters: { <parameter>: { key: NAME } }',
      },
    ];
  }
  if (spec.plan === undefined || row.keyPlans.includes(planWord(spec.service, spec.plan))) return [];
  return [
    {
      pointer: '/plan',
      code: 'PLAN_TAKES_NO_KEY',
      message: `the plan "${spec.plan}" of ${spec.service} cannot take a key`,
      remedy: `use \`plan: ${row.keyPlans[0] ?? ''}\`, or remove \`encryption\``,
    },
  ];
}

function clashes(spec: DeploymentSpec): readonly Finding[] {
  const taken = [
    { member: serviceRow(spec.service)?.keyParameter, field: 'encryption.key', set: spec.encryption !== undefined },
    { member: ENDPOINTS_PARAMETER, field: 'serviceEndpoints', set: spec.serviceEndpoints !== undefined },
  ];
  return taken.flatMap(({ member, field, set }) =>
    member !== undefined && set && spec.parameters?.[member] !== undefined
      ? [
          {
            pointer: `/parameters/${member}`,
            code: 'PARAMETER_CLASH' as const,
            message: `\`${field}\` sets this parameter already`,
            remedy: 'remove one of the two',
          },
        ]
      : [],
  );
}

/** What keys take from the environment, parameters do not yet: as it stands it would reach the service as an object. */
function secrets(spec: DeploymentSpec): readonly Finding[] {
  return wordsIn(spec, 'env').map(({ pointer, word }) => ({
    pointer,
    code: 'SECRET_PARAMETER',
    message: `parameters are not read from the environment (${word}): the service would be sent this object`,
    remedy: 'leave the parameter out, and set it with the means of the service',
  }));
}
