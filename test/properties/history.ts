import { expect } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import type { Change, Plan } from '../../src/model/change.ts';
import { consoleOf, type LiveWorld, liveWorld } from '../helpers/console.ts';
import type { Keystead } from '../helpers/keystead.ts';
import { addressOf, manifestOf, type Name, names, type Poke, type Wishes } from './small-world.ts';

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const KEYS = ['k0', 'k1'] as const;
const DEPLOYMENTS = ['d0', 'd1'] as const;

/** Whatever ended outside may come back. */
const allow = [...KEYS, ...DEPLOYMENTS].map((name) => `restore:${addressOf[name]}`);

/** @returns what is declared from now on */
export async function poke({ emulator, api, write }: Keystead, one: Poke, wishes: Wishes): Promise<Wishes> {
  const console = consoleOf(emulator, api);
  switch (one.is) {
    case 'declare':
      await write(manifestOf(one.wishes));
      return one.wishes;
    case 'wait':
      emulator.clock.advance(one.days * DAY_MS);
      break;
    case 'destroy':
      await console.destroyKey(one.key);
      break;
    case 'disable':
      await console.disableKey(one.key);
      break;
    case 'unmark':
      await console.unmarkKey(one.key, `keystead_small_${one.key}`);
      break;
    case 'delete':
      await console.deleteDeployment(one.deployment);
      break;
    case 'workers':
      await console.setWorkers(one.deployment, '9');
      break;
    case 'untag':
      await console.untag(one.deployment, `keystead:small.${one.deployment}`);
      break;
    case 'deauthorize':
      await console.deleteAuthorizations();
      break;
  }
  return wishes;
}

/** Uses that stand, and whether their service is let at their key, as the services themselves know it. */
function usesOf(emulator: Emulator): ReadonlyMap<string, boolean> {
  const standing = emulator.services.list().filter(({ registered }) => registered);
  return new Map(standing.map(({ key, resource, authorized }) => [`${resource} on ${key}`, authorized]));
}

/** One run, of which whatever the history was, this holds: only tombstones end, no use loses its authorization, no surprise. */
export async function applyAndWatch(keystead: Keystead, wishes: Wishes): Promise<void> {
  const { emulator } = keystead;
  // The half minute before a restore is over.
  emulator.clock.advance(MINUTE_MS);
  const before = liveWorld(emulator);
  const uses = usesOf(emulator);
  const { outcomes } = await keystead.apply({ allow });
  const after = liveWorld(emulator);
  const ended = [
    ...before.keys.filter(({ crn, state }) => state !== 5 && after.keys.find((key) => key.crn === crn)?.state === 5),
    ...before.instances.filter(
      ({ crn, state }) => state === 'active' && after.instances.find((other) => other.crn === crn)?.state !== 'active',
    ),
  ];
  expect(ended.filter(({ name }) => wishes[name as Name] !== 'absent')).toEqual([]);
  const stranded = [...usesOf(emulator)].filter(([use, authorized]) => !authorized && uses.get(use) === true);
  expect(stranded).toEqual([]);
  const shut = lockedIn(emulator, after);
  expect(outcomes.filter(({ address, is }) => is !== 'done' && is !== 'waiting' && !shut.has(address))).toEqual([]);
}

/** Deployments that take no change, because somebody disabled or destroyed their key. */
function lockedIn(emulator: Emulator, { instances }: LiveWorld): ReadonlySet<string> {
  const locked = emulator.services.list().filter((use) => use.locked !== null);
  const names = locked.flatMap(({ resource }) => instances.find(({ crn }) => crn === resource)?.name ?? []);
  return new Set(names.map((name) => addressOf[name as Name]));
}

/** Runs with days between them, until nothing is left that time could bring. */
export async function runUntilSteady(keystead: Keystead, wishes: Wishes): Promise<Plan> {
  for (const days of [0, 4, 6, 1, 1, 1]) {
    keystead.emulator.clock.advance(days * DAY_MS);
    await applyAndWatch(keystead, wishes);
    const { plan } = await keystead.plan({ allow });
    const waits = plan.changes.some(({ status }) => status.is !== 'blocked');
    if (!waits) return plan;
  }
  return (await keystead.plan({ allow })).plan;
}

/** What the message of a block has to hold: something to do. */
const REMEDY = /`--allow |\b(declare|remove|delete|set|pin|choose|bring|put|authorize)\b/i;

/** What is not as declared and not explained by a block with a remedy, in words. */
export function differencesOf(emulator: Emulator, wishes: Wishes, plan: Plan): readonly string[] {
  const open = plan.changes.filter((change) => !isExplained(change, plan));
  const held = new Set(plan.changes.map(({ address }) => address));
  const wrong = names.filter((name) => !held.has(addressOf[name]) && !isAsDeclared(emulator, name, wishes));
  return [...open.map(inWords), ...wrong.map((name) => `${addressOf[name]} is not ${wishes[name]}`)];
}

function inWords({ address, verb, status }: Change): string {
  return `${verb} ${address}: ${JSON.stringify(status)}`;
}

/** Blocked with a remedy, waiting for what is, or shut out by a key that somebody disabled or replaced, which the plan tells. */
function isExplained({ address, status }: Change, plan: Plan): boolean {
  const { changes, impaired } = plan;
  switch (status.is) {
    case 'ready':
      return (
        impaired.some((key) => key.address.replace('key.k', 'deployment.d') === address) ||
        changes.some((other) => other.address === address && other.status.is === 'blocked' && isExplained(other, plan))
      );
    case 'blocked':
      return REMEDY.test(status.message);
    case 'deferred':
      return status.until.every((condition) => {
        const causes = changes.filter(
          (other) =>
            (condition.when === 'done' && condition.address === other.address) ||
            (condition.when === 'unused' &&
              (condition.by.some((by) => by === other.target?.id) || isHeldAuthorization(other))),
        );
        return causes.length > 0 && causes.every((other) => isExplained(other, plan));
      });
  }
}

/** What would serve a use instead of an authorization that goes, once it can be made: its key is somebody's to adopt, say. */
function isHeldAuthorization({ address, verb, status }: Change): boolean {
  return verb === 'create' && address.startsWith('authorization.') && status.is !== 'ready';
}

function isAsDeclared(emulator: Emulator, name: Name, wishes: Wishes): boolean {
  const { keys, instances } = liveWorld(emulator);
  const present = wishes[name] === 'present';
  if (name === 'k0' || name === 'k1') {
    const live = keys.filter((key) => key.name === name && key.state !== 5);
    return live.length === (present ? 1 : 0);
  }
  if (name === 'd0' || name === 'd1') {
    const live = instances.filter((other) => other.name === name && other.state === 'active');
    return present ? live.length === 1 && live[0]?.workers === wishes.workers : live.length === 0;
  }
  return (
    liveWorld(emulator).policies.filter(({ description }) => description.includes(`/${name}]`)).length ===
    (present ? 1 : 0)
  );
}
