import { defineKind } from '../../src/kinds/define-kind.ts';
import type { KindSpec, Kinds } from '../../src/kinds/kind.ts';
import { kindsOf } from '../../src/kinds/kinds.ts';
import type { LiveId } from '../../src/model/address.ts';
import type { Status } from '../../src/model/change.ts';
import { type Grant, type Ref, type Relations, unrelated } from '../../src/model/relation.ts';
import type { Common, Desired, Observed } from '../../src/model/resource.ts';
import { stack } from './toy-kind.ts';

/**
 * The four facts that kinds share, and nothing of IBM Cloud: a box holds locks, a pass lets a service at what lies in a box
 * or at one lock, a door is of that service and uses a lock.
 */
export type Spec = {
  name?: string;
  box?: string;
  roles?: readonly string[];
  enabled?: boolean;
  shred?: boolean;
};
export interface Facts {
  readonly box?: string;
  readonly roles?: readonly string[];
  readonly enabled?: boolean;
  /** Why its deletion costs more than itself. */
  readonly cost?: string;
  /** What its API says to a deletion. */
  readonly gate?: Status;
}

/** A service whose registrations linger for nine days, as the table of services says. */
const SERVICE = 'data-virtualization';

/** What one of them does otherwise, facet by facet. */
export type Otherwise = {
  readonly [Facet in 'observe' | 'ownership' | 'lifecycle' | 'toManifest']?: Partial<KindSpec<Spec, Facts>[Facet]>;
} & { readonly actions?: KindSpec<Spec, Facts>['actions'] };

const kind = (name: Name, block: string, more: Otherwise) =>
  defineKind<Spec, Facts>({
    name,
    block,
    identity: {
      normalize: (written) => written,
      references: () => [],
      relations: () => unrelated,
      of: ({ mark }) => mark.name,
      lookedUpBy: [],
      satisfiedBy: ({ relations }, { live }) =>
        [...live.all()].filter((one) => relations.grants.length > 0 && one.relations.grants.length > 0),
    },
    observe: { list: async () => ({ objects: [], uses: [] }), reread: async () => undefined, ...more.observe },
    fields: {
      name: { leads: 'update', why: 'a name changes', have: (one) => one.name },
      box: { leads: 'update', why: 'a lock moves', have: ({ facts }) => facts.box },
      roles: { leads: 'update', why: 'a pass is narrowed', have: ({ facts }) => facts.roles },
      enabled: {
        leads: (want) => (want ? 'enable' : 'disable'),
        why: 'a lock is shut',
        have: ({ facts }) => facts.enabled,
      },
      shred: { leads: 'ignore', why: 'says how it goes', have: () => undefined },
    },
    ownership: more.ownership ?? {},
    lifecycle: {
      deletion: ({ shred }, { life }, used) =>
        life.is === 'active' ? (shred === true && used ? 'cryptoshred' : 'delete') : undefined,
      isStopped: ({ enabled }) => enabled === false,
      gate: (_verb, { facts }) => facts.gate ?? { is: 'ready' },
      costOfDeletion: ({ facts }) => facts.cost,
      ...more.lifecycle,
    },
    toManifest: {
      tombstone: () => ({}),
      ...(name === 'pass' ? { suggest: ({ on }) => [`  pass: { on: ${on} }`] } : {}),
      ...more.toManifest,
    },
    actions: more.actions ?? {
      update: async (_context, { live }) => live,
      enable: async (_context, { live }) => live,
      disable: async (_context, { live }) => live,
      delete: async () => undefined,
      cryptoshred: async () => undefined,
    },
  });

/** Containers first. @param more what one of them does otherwise */
export function lockKinds(more: (name: Name) => Otherwise): Kinds {
  return kindsOf([
    kind('box', 'boxes', more('box')),
    kind('lock', 'locks', more('lock')),
    kind('pass', 'passes', more('pass')),
    kind('door', 'doors', more('door')),
  ]);
}

export const kinds = lockKinds(() => ({}));

export const idOf = {
  box: (name: string): LiveId => `crn:v1:test:public:boxes:here:a/1:${name}::`,
  lock: (name: string, box = 'b'): LiveId => `crn:v1:test:public:boxes:here:a/1:${box}:lock:${name}`,
  pass: (name: string): LiveId => `pass:${name}`,
  door: (name: string): LiveId => `crn:v1:test:public:${SERVICE}:here:a/1:${name}::`,
};

export type Name = keyof typeof idOf;

function desired(kindName: Name, name: string, spec: Spec & Common, relations: Partial<Relations>, refs = {}): Desired {
  return {
    address: `${kindName}.${name}`,
    kind: kindName,
    mark: { stack, name },
    spec,
    refs,
    dependsOn: Object.values(refs),
    relations: { ...unrelated, ...relations },
  };
}

/** What is declared; a second lock lies in the same box. */
export const declared = {
  box: (name: string, spec: Spec & Common = {}) => desired('box', name, spec, {}),
  lock: (name: string, spec: Spec & Common = {}) => {
    const box = `box.${spec.box ?? 'b'}`;
    return desired('lock', name, spec, { inside: [box], wraps: true }, { '/box': box });
  },
  pass: (name: string, on: Ref, spec: Spec & Common = {}) => {
    const grant = { source: { service: SERVICE }, target: on, roles: spec.roles ?? ['Reader'] };
    return desired('pass', name, spec, { grants: [grant] }, { '/on': on });
  },
  door: (name: string, on: Ref, spec: Spec & Common = {}) => {
    const by = { service: SERVICE, instance: `door.${name}` };
    return desired('door', name, spec, { needs: [{ by, on, roles: ['Reader'], pointer: '' }] }, { '/on': on });
  },
};

type More = Partial<Observed> & { readonly facts?: Facts };

function observed(kindName: Name, name: string, relations: Partial<Relations>, more: More): Observed {
  return {
    kind: kindName,
    id: idOf[kindName](name),
    name,
    identity: name,
    marks: [{ stack, name }],
    life: { is: 'active' },
    version: '1',
    relations: { ...unrelated, ...relations },
    facts: {},
    ...more,
  };
}

/** What is live, with this stack's mark. */
export const live = {
  box: (name: string, more: More = {}) => observed('box', name, {}, more),
  lock: (name: string, more: More = {}) => observed('lock', name, { inside: [idOf.box('b')], wraps: true }, more),
  pass: (name: string, on: Ref, more: More & Pick<Grant, 'changedAt'> = {}) => {
    const { changedAt, ...rest } = more;
    const told = changedAt === undefined ? {} : { changedAt };
    const roles = more.facts?.roles ?? ['Reader'];
    return observed('pass', name, { grants: [{ source: { service: SERVICE }, target: on, roles, ...told }] }, rest);
  },
  door: (name: string, on: LiveId, more: More = {}) => {
    const by = { service: SERVICE, instance: idOf.door(name) };
    return observed('door', name, { needs: [{ by, on, roles: ['Reader'], pointer: '' }] }, more);
  },
};
