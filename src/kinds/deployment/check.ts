import { isCrn } from '../../model/crn.ts';
import { nearest } from '../../model/nearest.ts';
import type { Common } from '../../model/resource.ts';
import { keyCrn } from '../../services/crn-forms.ts';
import { ENDPOINTS_PARAMETER, encryptionOf, keyParameters, planWord } from '../../services/table.ts';
import { type Finding, finding } from '../finding.ts';
import { checkInstance } from '../instance/identity.ts';
import { keyAt, valueAt } from './echo.ts';
import { type DeploymentSpec, keyPlaces, wordsIn } from './spec.ts';

/** Offline rules that a deployment can break by itself. */
export function* check(spec: DeploymentSpec & Common, name: string): Iterable<Finding> {
  const { service, plan } = spec;
  const called = `deployment "${name}"`;
  yield* checkInstance(spec, { called, service });
  if (plan === undefined && spec.existing !== true) {
    const remedy = 'add the name of a catalog plan, for example `plan: enterprise`';
    yield finding('', 'MISSING_FIELD', `${called} has no plan`, remedy);
  }
  yield* checkOffer(spec);
  yield* checkEncryption(spec);
  yield* checkKeyParameters(spec);
  yield* checkParameters(spec);
}

/** What to do about something that the table does not have. */
function goOn({ withdrawn }: NonNullable<ReturnType<typeof encryptionOf>>, decides: string): string {
  const why = withdrawn ? ' (IBM has withdrawn the pages that say more)' : '';
  return `correct it, or go on: ${decides}${why}`;
}

/** Where a service is offered changes, so a region that the table does not have is no error. */
function* checkOffer({ service, region }: DeploymentSpec): Iterable<Finding> {
  const row = encryptionOf(service);
  if (region === undefined || row === undefined || row.regions.includes(region)) return;
  const message = `${service} is not known to be offered in "${region}", only in ${row.regions.join(', ')}`;
  const remedy = goOn(row, 'the catalog decides when it is made');
  yield { ...finding('/region', 'REGION_UNSUPPORTED', message, remedy), severity: 'warning' };
}

function* checkEncryption({ service, encryption, plan }: DeploymentSpec): Iterable<Finding> {
  if (encryption === undefined) return;
  const row = encryptionOf(service);
  if (row === undefined) {
    const [known] = keyParameters(service, plan);
    const message =
      known === undefined
        ? `Keystead does not know which parameter of ${service} carries a key`
        : `the key of ${service} is not passed through \`encryption\``;
    const remedy = `pass it by its name: parameters: ${written(known?.path ?? '<parameter>')}`;
    yield finding('/encryption', 'SERVICE_TAKES_NO_KEY', message, remedy);
    return;
  }
  const word = plan === undefined ? undefined : planWord(service, plan);
  if (word === undefined || row.plans.includes(word)) return;
  if (row.keyless.includes(word)) {
    const remedy = `use \`plan: ${row.plans[0] ?? ''}\`, or remove \`encryption\``;
    yield finding('/plan', 'PLAN_TAKES_NO_KEY', `the plan "${plan}" of ${service} cannot take a key`, remedy);
    return;
  }
  const message = `whether the plan "${plan}" of ${service} can take a key is not known, only that ${row.plans.join(', ')} can`;
  const remedy = goOn(row, 'the service refuses the create if it cannot');
  yield { ...finding('/plan', 'PLAN_TAKES_NO_KEY', message, remedy), severity: 'warning' };
}

/** `disk_encryption_key_crn: { key: NAME }`, and the members around it. */
function written(path: string): string {
  return path.split('/').reduceRight((inner, name) => `{ ${name}: ${inner} }`, '{ key: NAME }');
}

/** A key under a parameter that does not carry one would reach the service as a setting that it ignores. */
function* checkKeyParameters({ service, plan, parameters = {} }: DeploymentSpec): Iterable<Finding> {
  const paths = keyParameters(service, plan).map(({ path }) => path);
  if (paths.length === 0) return;
  for (const pointer of keyPlaces(parameters)) {
    const path = pointer.slice('/parameters/'.length);
    if (paths.includes(path)) continue;
    const meant = (nearest(path, paths) ?? paths[0] ?? '').replaceAll('/', '.');
    const message = `${service} takes no key in the parameter ${path.replaceAll('/', '.')}`;
    yield finding(pointer, 'UNKNOWN_KEY_PARAMETER', message, `did you mean ${meant}?`);
  }
  for (const path of paths) {
    const value = valueAt(parameters, path);
    if (typeof value !== 'string' || NO_KEY.includes(value) || keyAt(parameters, path) !== undefined) continue;
    const message = `${path.replaceAll('/', '.')} of ${service} takes a key's full CRN, not ${JSON.stringify(value)}`;
    const remedy = `refer to a declared key: ${written(path)}, or give ${keyCrn.sample}`;
    yield finding(`/parameters/${path}`, isCrn(value) ? 'CRN_FORM' : 'BARE_ID', message, remedy);
  }
}

/** What services write where there is no key. Source: Db2 on Cloud docs, "Provisioning"; recorded answers of Resource Controller. */
const NO_KEY = ['', 'none'];

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
