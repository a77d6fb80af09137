import type { Reader } from '../cloud/reader.ts';
import type { RcInstance } from '../cloud/resource-controller/shapes.ts';
import type { Kinds } from '../kinds/kind.ts';
import { parseCrn } from '../model/crn.ts';
import { CloudError } from '../model/errors.ts';
import { instanceCalled } from '../model/instance-called.ts';
import { isObject } from '../model/json.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { KEY_PROTECT, services as known } from '../services/table.ts';
import type { Subjects } from './context.ts';

/** What was asked for. */
export interface DoctorInput {
  /** What is declared; absent: no manifests were named. */
  readonly wanted: PlanInput | undefined;
  /** A name or a CRN. */
  readonly instance: string | undefined;
}

/** Enough to see how they answer; an account may have hundreds. */
const MOST_VAULTS = 5;
const DEFAULT_REGION = 'us-south';
/** Everything that a throw-away probe makes bears a name that begins so. */
export const THROWAWAY = 'keystead-doctor-';
/** All of such a name: the user may have given one that begins so. */
const THROWAWAY_NAME = new RegExp(`^${THROWAWAY}[0-9a-f]{8}$`);

/**
 * Finds out what there is to look at. What may not be listed is not looked at; the checks of access tell why.
 *
 * @throws KeysteadError `NO_SUCH_INSTANCE`, `AMBIGUOUS_INSTANCE`
 */
export async function findSubjects(
  { wanted, instance: word }: DoctorInput,
  { reader, kinds }: { readonly reader: Reader; readonly kinds: Kinds },
): Promise<{ readonly subjects: Subjects; readonly leftovers: readonly RcInstance[] }> {
  const { accountId } = await reader.login();
  const declared = (wanted?.desired ?? []).map((one) => ({
    ...one,
    names: kinds.of(one).identity.catalogNames(one.spec),
  }));
  const services = new Set([
    KEY_PROTECT,
    ...known.flatMap(({ service, encryption }) => (encryption === undefined ? [] : [service])),
    ...declared.flatMap(({ names }) => names.services ?? []),
    ...declared.flatMap(({ relations }) => relations.grants.flatMap(({ source }) => source.service ?? [])),
  ]);
  const all = await readable(reader.instances());
  const instance = word === undefined ? undefined : instanceCalled(word, all);
  const standing = all.filter((one) => serviceOf(one) === KEY_PROTECT && one.state === 'active').sort(byName);
  const isVault = instance !== undefined && serviceOf(instance) === KEY_PROTECT;
  const vaults = isVault ? [instance] : standing.slice(0, MOST_VAULTS);
  const regions = new Set([
    ...vaults.map(({ crn }) => parseCrn(crn)?.location ?? ''),
    ...declared.flatMap(({ names, spec }) => (names.services?.includes(KEY_PROTECT) ? regionOf(spec) : [])),
  ]);
  const found = [...regions].filter((region) => region !== '').sort();
  return {
    subjects: {
      account: accountId,
      services: [...services].sort(),
      vaults,
      vaultsInAll: isVault ? 1 : standing.length,
      instance,
      regions: found.length > 0 ? found : [DEFAULT_REGION],
    },
    leftovers: all.filter(
      (one) => THROWAWAY_NAME.test(one.name) && serviceOf(one) === KEY_PROTECT && one.state !== 'removed',
    ),
  };
}

async function readable(list: Promise<readonly RcInstance[]>): Promise<readonly RcInstance[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof CloudError) return [];
    throw error;
  }
}

function serviceOf({ crn }: RcInstance): string | undefined {
  return parseCrn(crn)?.service;
}

function regionOf(spec: unknown): readonly string[] {
  return isObject(spec) && typeof spec['region'] === 'string' ? [spec['region']] : [];
}

function byName(left: RcInstance, right: RcInstance): number {
  return left.name < right.name ? -1 : 1;
}
