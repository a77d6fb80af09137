import { EmulatorError } from '../../core/emulator-error.ts';
import { isObject } from '../../core/json.ts';
import type { Parts } from '../../core/server.ts';
import type { World } from '../../core/world.ts';
import type { RegisterByHand, ServiceUse, Use } from '../../services/by-hand.ts';
import { listServiceUses, preventDeletionByHand, registerByHand, unregisterByHand } from '../../services/by-hand.ts';

/** Plays IBM's services, and looks inside them. Each call is a transaction; what is refused changes nothing. */
export interface Services {
  list(): readonly ServiceUse[];
  /** @throws EmulatorError, as the two below, where Key Protect would refuse the service */
  register(given: RegisterByHand): void;
  unregister(use: Use): void;
  preventDeletion(given: Use & { readonly prevent: boolean }): void;
}

/** What is due by now has happened before each of them. */
export function servicesOf({ engine }: Pick<Parts, 'engine'>): Services {
  const act = <T>(work: (world: World) => T): T => {
    engine.runDueTimers();
    return engine.transact(work);
  };
  return {
    list: () => act(listServiceUses),
    register: (given) => act((world) => registerByHand(world, given)),
    unregister: (use) => act((world) => unregisterByHand(world, use)),
    preventDeletion: (given) => act((world) => preventDeletionByHand(world, given)),
  };
}

type Kind = 'string' | 'boolean';

/** Members of the bodies; those with a question mark may be left out. */
const bodies = {
  register: { key: 'string', resource: 'string', 'preventKeyDeletion?': 'boolean', 'service?': 'string' },
  unregister: { key: 'string', resource: 'string' },
  'prevent-deletion': { key: 'string', resource: 'string', prevent: 'boolean' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Kind>>>>;

/**
 * `POST /_emulator/services/{action}`.
 * @returns the list afterwards, or a sentence saying what is wrong
 */
export function playService(parts: Parts, action: keyof typeof bodies, body: unknown): readonly ServiceUse[] | string {
  const wrong = faultOf(bodies[action], body);
  if (wrong !== undefined) return wrong;
  const services = servicesOf(parts);
  try {
    // Each member was checked just now.
    if (action === 'register') services.register(body as RegisterByHand);
    else if (action === 'unregister') services.unregister(body as Use);
    else services.preventDeletion(body as Use & { readonly prevent: boolean });
  } catch (error) {
    if (error instanceof EmulatorError) return `${error.message} ${error.remedy}`;
    throw error;
  }
  return services.list();
}

function faultOf(members: Readonly<Record<string, Kind>>, body: unknown): string | undefined {
  const hint = `send ${Object.entries(members)
    .map(([name, kind]) => `"${name}": ${kind}`)
    .join(', ')}`;
  if (!isObject(body)) return hint;
  const known = Object.entries(members).map(([name, kind]) => ({ name: name.replace('?', ''), kind, spelt: name }));
  const strange = Object.keys(body).find((given) => !known.some(({ name }) => name === given));
  if (strange !== undefined) return `there is no member "${strange}"; ${hint}`;
  const bad = known.find(({ name, kind, spelt }) => {
    return typeof body[name] !== kind && !(body[name] === undefined && spelt.endsWith('?'));
  });
  return bad === undefined ? undefined : `"${bad.name}" must be a ${bad.kind}; ${hint}`;
}
