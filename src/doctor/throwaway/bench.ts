import type { Call } from '../../cloud/api.ts';
import type { Clock } from '../../cloud/clock.ts';
import type { Raw, RawAnswer } from '../../cloud/raw.ts';
import type { Cloud } from '../../cloud/reader.ts';
import type { RcInstance } from '../../cloud/resource-controller/shapes.ts';
import { CloudError, CloudRefused, Interrupted, KeysteadError, LostAnswer } from '../../model/errors.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import { KEYS, POLICIES, toVault } from '../calls.ts';
import type { Subjects } from '../context.ts';

/** What throw-away probes ask of the outside. It writes; nobody else but `apply` is handed that. */
export interface ThrowawayContext {
  /** Everything that is made bears it, or holds it in its description. */
  readonly name: string;
  readonly subjects: Subjects;
  /** A fresh view. */
  readonly cloud: () => Cloud;
  readonly raw: Raw;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A line for whoever waits. */
  readonly tell: (text: string) => void;
}

/** What was made, as far as it is known: what tidying up begins with. */
export interface Made {
  readonly instances: Set<string>;
  readonly policies: Set<string>;
  /** Whose create had no answer: it may be there, and no list may show it yet. */
  readonly lost: Set<'instance' | 'policy'>;
}

/** A Key Protect instance of its own, in which to ask. */
export interface Bench extends ThrowawayContext {
  readonly vault: RcInstance;
  readonly made: Made;
  /** A call to that instance. */
  keys(call: Call): Promise<RawAnswer>;
}

const PLAN = 'tiered-pricing';

/**
 * Makes the instance, with its name as a tag.
 *
 * @throws CloudError; KeysteadError `NO_BENCH` where the account has no default group or the catalog no plan, or the answer
 *   is about another instance
 */
export async function openBench(context: ThrowawayContext, made: Made): Promise<Bench> {
  const { name, subjects, cloud } = context;
  const [region = ''] = subjects.regions;
  const raw = notingLosses(context.raw, made);
  const read = cloud();
  const group = (await read.resourceGroups()).find((one) => one.default === true);
  const service = await read.catalogService(KEY_PROTECT);
  const plans = service === undefined ? [] : await read.catalogPlans(service.id);
  const plan = plans.find((one) => one.name === PLAN);
  if (group === undefined || plan === undefined) {
    const lacking = group === undefined ? 'no default resource group' : `no plan ${PLAN} of Key Protect`;
    throw new KeysteadError('NO_BENCH', `this login sees ${lacking}`);
  }
  context.tell(`creating the Key Protect instance ${name} in ${region}`);
  const body = { name, target: region, resource_group: group.id, resource_plan_id: plan.id, tags: [name] };
  try {
    const vault = await cloud().createInstance(body);
    if (vault.name !== name) {
      // Keys are made and deleted in it, and it is removed: that happens to nobody else's.
      made.lost.add('instance');
      throw new KeysteadError('NO_BENCH', `the create of ${name} was answered with "${vault.name}" (${vault.crn})`);
    }
    made.instances.add(vault.crn);
    return { ...context, raw, made, vault, keys: (call) => raw.ask(KEYS, toVault(vault, call)) };
  } catch (error) {
    // Any error but a refusal: it may be there all the same.
    if (error instanceof CloudError && !(error instanceof CloudRefused)) made.lost.add('instance');
    throw error;
  }
}

/** @throws Interrupted */
export async function wait({ clock, signal }: Pick<ThrowawayContext, 'clock' | 'signal'>, ms: number): Promise<void> {
  if (signal.aborted) throw new Interrupted();
  await clock.sleep(ms, signal).catch((cause: unknown) => {
    throw new Interrupted({ cause });
  });
}

/**
 * Asks again and again until there is an answer.
 *
 * @returns the answer and the seconds that it took; `undefined` when the time was up
 */
export async function until<T>(
  context: Pick<ThrowawayContext, 'clock' | 'signal'>,
  { everyMs, forMs }: { readonly everyMs: number; readonly forMs: number },
  look: () => Promise<T | undefined>,
): Promise<{ readonly value: T; readonly afterS: number; readonly looks: number } | undefined> {
  const startedAt = context.clock.now();
  for (let looks = 1; ; looks += 1) {
    const value = await look();
    const sinceMs = context.clock.now() - startedAt;
    if (value !== undefined) return { value, looks, afterS: Math.round(sinceMs / 1000) };
    if (sinceMs >= forMs) return undefined;
    await wait(context, everyMs);
  }
}

function notingLosses(raw: Raw, made: Made): Raw {
  return {
    ...raw,
    ask: async (api, call) => {
      try {
        return await raw.ask(api, call);
      } catch (error) {
        // A key goes with its instance.
        if (error instanceof LostAnswer && api === POLICIES) made.lost.add('policy');
        throw error;
      }
    },
  };
}
