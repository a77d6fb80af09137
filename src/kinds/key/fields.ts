import { isPending } from '../../model/change.ts';
import { nameOf } from '../../model/secret.ts';
import { type Fields, Unreadable } from '../fields.ts';
import { type LiveKey, plainAliases, ringNameIn, ringOf } from './facts.ts';
import { materialNeed } from './material.ts';
import type { KeyWritten } from './spec.gen.ts';

const FIXED = 'fixed at creation: PATCH /api/v2/keys/{id} takes the key ring and nothing else';

export const fields: Fields<KeyWritten, LiveKey> = {
  name: { leads: 'refuse', why: FIXED, have: (live) => live.name, initial: (desired) => desired.mark.name },
  instance: {
    leads: 'refuse',
    why: 'a key does not move between instances',
    want: (desired, snapshot) => snapshot.idOrPending(desired.refs['/instance'] ?? ''),
    have: (live) => live.facts.instance,
    written: (instance, writer) => writer.refer('/instance', instance),
  },
  type: {
    leads: 'refuse',
    why: 'fixed at creation; another key could not unwrap what this one wrapped',
    have: (live) => (live.facts.key.extractable ? 'standard' : 'root'),
    initial: () => 'root',
  },
  ring: {
    leads: 'update',
    why: 'PATCH /api/v2/keys/{id} moves a key',
    want(desired, snapshot) {
      const ref = desired.refs['/ring'];
      if (ref === undefined) return undefined;
      const id = snapshot.idOrPending(ref);
      return isPending(id) ? id : ringNameIn(id);
    },
    have: (live) => ringOf(live.facts.key),
    written: (ring, writer, { facts }) => writer.refer('/ring', `${facts.instance}#${ring}`),
    initial: () => 'default',
  },
  description: { leads: 'refuse', why: FIXED, have: (live) => live.facts.key.description },
  aliases: {
    leads: 'update',
    why: 'aliases are added and removed one by one; the ownership mark is not among them',
    want: (desired) => desired.spec.aliases && [...desired.spec.aliases].sort(),
    have: (live) => [...plainAliases(live.facts.key)],
  },
  expires: {
    leads: 'refuse',
    why: FIXED,
    have: (live) => live.facts.key.expirationDate,
    same: (want, have) => Date.parse(want) === Date.parse(have),
  },
  rotation: {
    leads: (_want, { facts: { key } }) => (key.imported === true ? 'refuse' : 'update'),
    why: 'only a generated root key has a rotation policy; an imported one is rotated with new material',
    have({ facts }) {
      if (facts.rotationUnread !== undefined) return new Unreadable(facts.rotationUnread);
      const { rotation } = facts.key;
      if (rotation === undefined) return { enabled: false };
      const enabled = rotation.enabled ?? true;
      return rotation.interval_month === undefined ? { enabled } : { intervalMonths: rotation.interval_month, enabled };
    },
    // Without an interval there is no policy to speak of; paused is what needs saying.
    written: ({ intervalMonths, enabled }) =>
      intervalMonths === undefined ? undefined : { intervalMonths, ...(enabled ? {} : { enabled: false }) },
    want: ({ spec }) => spec.rotation && { enabled: true, ...spec.rotation },
    same: (want, have) =>
      want.enabled === have.enabled &&
      (want.intervalMonths === undefined || want.intervalMonths === have.intervalMonths),
  },
  enabled: {
    leads: (on) => (on ? 'enable' : 'disable'),
    why: 'an action under the key',
    // An expired key, or one that is not active yet, is neither: both words differ, and what can be done is said.
    have: ({ facts: { key } }) => (key.state === 1 ? true : key.state === 2 ? false : undefined),
    written: (enabled) => (enabled ? undefined : false),
  },
  rotatedSince: {
    leads: 'rotate',
    remark({ spec }, { facts: { key } }) {
      const source = key.imported === true ? materialNeed(spec)?.source : undefined;
      return source && `its new material comes from ${nameOf(source)}`;
    },
    why: 'an action under the key',
    have: ({ facts: { key } }) => key.lastRotateDate ?? key.creationDate,
    same: (want, have) => Date.parse(have) >= Date.parse(want),
    wish: true,
    written: () => undefined,
  },
  dualAuthDelete: {
    leads: (on) => (on ? 'update' : 'refuse'),
    why: 'once two identities must agree to the deletion of a key, Key Protect does not take that back',
    irreversible:
      '`dualAuthDelete` cannot be turned off again: from then on two identities must agree to delete this key',
    have: ({ facts: { key } }) => key.dualAuthDelete?.enabled ?? false,
    written: (enabled) => (enabled ? true : undefined),
  },
  material: {
    leads: 'refuse',
    why: 'a generated key keeps the material that Key Protect made; your own is imported as another key',
    have: ({ facts: { key } }) =>
      key.imported === false
        ? undefined
        : new Unreadable('never read back; `rotatedSince` rotates a root key to what is declared'),
  },
  whenDeleted: { leads: 'ignore', why: 'says how to plan', have: () => undefined },
  cryptoshred: { leads: 'ignore', why: 'says how it ends', have: () => undefined },
};
