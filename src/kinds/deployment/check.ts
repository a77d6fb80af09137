import type { Common } from '../../model/resource.ts';
import { ENDPOINTS_PARAMETER, encryptionOf, planWord } from '../../services/table.ts';
import { type Finding, finding } from '../finding.ts';
import { checkInstance } from '../instance/identity.ts';
import { type DeploymentSpec, wordsIn } from './spec.ts';

/** Offline rules that a deployment can break by itself. */
export function* check(spec: DeploymentSpec & Common, name: string): Iterable<Finding> {
  const { service, plan } = spec;
  const called = `deployment "${name}"`;
  yield* checkInstance(spec, { called, service, regions: encryptionOf(service)?.regions });
  if (plan === undefined && spec.existing !== true) {
    const remedy = 'add the name of a catalog plan, for example `plan: enterprise`';
    yield finding('', 'MISSING_FIELD', `${called} has no plan`, remedy);
  }
  yield* checkEncryption(spec);
  yield* checkParameters(spec);
}

function* checkEncryption({ service, encryption, plan }: DeploymentSpec): Iterable<Finding> {
  if (encryption === undefined) return;
  const row = encryptionOf(service);
  if (row === undefined) {
    const message = `Keystead does not know which parameter of ${service} carries a key`;
    const remedy = 'pass it by its name: parameters: { <parameter>: { key: NAME } }';
    yield finding('/encryption', 'SERVICE_TAKES_NO_KEY', message, remedy);
  } else if (plan !== undefined && !row.plans.includes(planWord(service, plan))) {
    const remedy = `use \`plan: ${row.plans[0] ?? ''}\`, or remove \`encryption\``;
    yield finding('/plan', 'PLAN_TAKES_NO_KEY', `the plan "${plan}" of ${service} cannot take a key`, remedy);
  }
}

function* checkParameters(spec: DeploymentSpec): Iterable<Finding> {
  const taken = [
    { member: encryptionOf(spec.service)?.parameter, field: 'encryption.key', set: spec.encryption !== undefined },
    { member: ENDPOINTS_PARAMETER, field: 'serviceEndpoints', set: spec.serviceEndpoints !== undefined },
  ];
  for (const { member, field, set } of taken) {
    if (member === undefined || !set || spec.parameters?.[member] === undefined) continue;
    const message = `\`${field}\` sets this parameter already`;
    yield finding(`/parameters/${member}`, 'PARAMETER_CLASH', message, 'remove one of the two');
  }
  // What keys take from the environment, parameters do not yet: as it stands it would reach the service as an object.
  for (const { pointer, word } of wordsIn(spec, 'env')) {
    const message = `parameters are not read from the environment (${word}): the service would be sent this object`;
    const remedy = 'leave the parameter out, and set it with the means of the service';
    yield finding(pointer, 'SECRET_PARAMETER', message, remedy);
  }
}
