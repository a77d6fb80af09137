import type { RawAnswer } from '../../cloud/raw.ts';
import { KeysteadError } from '../../model/errors.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import { listIn, textIn } from '../calls.ts';
import { shown } from '../context.ts';
import { notReadable, type Probe, verdict } from '../probe.ts';
import { type Bench, until, wait } from './bench.ts';

const KEY_TYPE = `application/vnd.ibm.${KEY_PROTECT}.key+json`;
/** Key Protect docs, "Restoring keys": thirty seconds after the deletion at the earliest. */
const BEFORE_RESTORE_MS = 31_000;
const NEW = { everyMs: 2_000, forMs: 60_000 };
const DESTROYED = 5;
const ACTIVE = 1;
/** Keystead tries as long to delete a ring, or an instance, whose keys were deleted. */
const SPREADING = { everyMs: 5_000, forMs: 600_000 };

export const createAnswer: Probe<Bench> = {
  probe: 'create-answer',
  asks: 'What does the create of a standard key return without a Prefer header?',
  assumes: 'its id and CRN, and no payload',
  otherwise:
    'without id and CRN the answer counts as lost, and the key is found by its mark; a payload is never kept or shown',
  source: 'Key Protect API reference, "Create a key" (Prefer); clients send none and read both',
  async look(bench) {
    const made = await create(bench, { extractable: true });
    if (made.status >= 300) return notReadable(`no key can be created: ${shown(made)}`);
    const [key = {}] = listIn(made.body, 'resources');
    const members = ['id', 'crn', 'aliases', 'keyRingID', 'payload'].filter((member) => member in key);
    const same = 'id' in key && 'crn' in key && !('payload' in key);
    return verdict(same, `${made.status} with ${members.join(', ') || 'none of its members'}`);
  },
};

export const aliasOfDestroyedKey: Probe<Bench> = {
  probe: 'alias-of-destroyed-key',
  asks: 'Does a destroyed key keep its aliases: found by them, listed with them, refused to other keys, back after a restore?',
  assumes: 'yes',
  otherwise:
    'a restorable key may lose its mark, or share it with a new key; purge the old key before you create another',
  source: 'the answer to a deletion shows aliases (Key Protect docs, "Deleting keys"); nothing is said of the rest',
  async look(bench) {
    const aliases = ['one', 'two'].map((word) => `${bench.name}-${word}`);
    const made = await create(bench, { aliases });
    if (made.status >= 300) return notReadable(`no key can be created: ${shown(made)}`);
    const id = keyIn(made);
    // A key that was made a moment ago may refuse its deletion.
    await wait(bench, BEFORE_RESTORE_MS);
    const deleted = await remove(bench, id);
    if (deleted.status >= 300) return notReadable(`the key cannot be deleted: ${shown(deleted)}`);
    const byAlias = await metadata(bench, aliases[0] ?? '');
    const list = await bench.keys({ operation: 'list keys', path: '/keys', query: { state: DESTROYED, limit: 50 } });
    const row = listIn(list.body, 'resources').find((one) => one['id'] === id);
    const twin = await create(bench, { aliases: aliases.slice(0, 1) });
    await wait(bench, BEFORE_RESTORE_MS);
    const restore = { operation: 'restore key', method: 'POST', path: `/keys/${id}/restore` } as const;
    const restored = await bench.keys(restore);
    const after = await metadata(bench, aliases[1] ?? '');
    const isFound = stateIn(byAlias) === DESTROYED;
    const isShown = aliases.every((alias) => aliasesIn(row).includes(alias));
    const isBack = restored.status < 300 && stateIn(after) === ACTIVE;
    const parts = [
      `by an alias ${isFound ? 'it is found, destroyed' : shown(byAlias)}`,
      `in the list it is ${row === undefined ? 'missing' : `shown with ${aliasesIn(row).length} of 2 aliases`}`,
      `another key with its alias ${shown(twin)}`,
      `restored ${shown(restored)}, and by its other alias ${isBack ? 'it is active' : shown(after)}`,
    ];
    return verdict(isFound && isShown && twin.status === 409 && isBack, parts.join('; '));
  },
};

export const destroyedKeyReads: Probe<Bench> = {
  probe: 'destroyed-key-reads',
  asks: 'Can registrations and the rotation policy of a disabled key be read, and registrations of a destroyed one?',
  assumes: 'yes',
  otherwise: 'the plan lists them as not readable, and blocks what rests on them',
  source: 'Key Protect docs, "Deleting and purging keys": registrations until the purge; of the policy nothing is said',
  async look(bench) {
    const made = await create(bench);
    if (made.status >= 300) return notReadable(`no key can be created: ${shown(made)}`);
    const id = keyIn(made);
    const policy = () =>
      bench.keys({ operation: 'read rotation policy', path: `/keys/${id}/policies`, query: { policy: 'rotation' } });
    const registrations = () => bench.keys({ operation: 'list registrations', path: `/keys/${id}/registrations` });
    await bench.keys({ operation: 'disable key', method: 'POST', path: `/keys/${id}/actions/disable` });
    const disabled = [await registrations(), await policy()];
    const deleted = await remove(bench, id);
    if (deleted.status >= 300) return notReadable(`the key cannot be deleted: ${shown(deleted)}`);
    const destroyed = [await registrations(), await policy()];
    const say = (answers: readonly RawAnswer[]) => `registrations ${answers.map(shown).join(', policy ')}`;
    const same = [...disabled, ...destroyed.slice(0, 1)].every(({ status }) => status === 200);
    return verdict(same, `disabled: ${say(disabled)}; destroyed: ${say(destroyed)}`);
  },
};

export const ringAfterKey: Probe<Bench> = {
  probe: 'ring-after-key',
  asks: 'Can a key ring be deleted right after the only key in it?',
  assumes: 'yes, at the first try',
  otherwise: 'Keystead retries for ten minutes after it deleted or moved a key of the ring',
  source: 'terraform-provider-ibm, issue 4837: KEY_RING_NOT_EMPTY_ERR 55 s after the deletion',
  async look(bench) {
    const ring = bench.name;
    const call = { path: `/key_rings/${ring}` };
    const made = await bench.keys({ ...call, operation: 'create key ring', method: 'POST' });
    if (made.status >= 300) return notReadable(`no key ring can be created: ${shown(made)}`);
    const inside = await create(bench, { ring });
    if (inside.status >= 300) return notReadable(`no key can be created in the ring: ${shown(inside)}`);
    const deleted = await remove(bench, keyIn(inside));
    if (deleted.status >= 300) return notReadable(`the key cannot be deleted: ${shown(deleted)}`);
    const refusals = new Set<string>();
    const gone = await until(bench, SPREADING, async () => {
      const query = { force: 'true' };
      const answer = await bench.keys({
        ...call,
        operation: 'delete key ring',
        method: 'DELETE',
        idempotent: true,
        query,
      });
      if (answer.status >= 300) refusals.add(shown(answer));
      return answer.status < 300 ? true : undefined;
    });
    const before = refusals.size > 0 ? `, refused before with ${[...refusals].join(', ')}` : '';
    if (gone === undefined) return verdict(false, `not within 10 minutes${before}`);
    return verdict(gone.looks === 1, gone.looks === 1 ? 'at the first try' : `after ${gone.afterS} s${before}`);
  },
};

interface Wish {
  readonly aliases?: readonly string[];
  readonly ring?: string;
  /** A standard one. */
  readonly extractable?: boolean;
}

/**
 * A Writer may create keys and not delete them: nothing is made that could not be removed again. The policies of an instance are
 * a Manager's to read; Key Protect may not know an instance yet that was made a moment ago.
 */
async function requireManager(bench: Bench): Promise<void> {
  const read = { operation: 'read instance policies', path: '/instance/policies' };
  const answer = await until(bench, NEW, async () => {
    const one = await bench.keys(read);
    return one.status === 404 ? undefined : one;
  });
  if (answer !== undefined && answer.value.status < 300) return;
  const said = answer === undefined ? '' : `: ${shown(answer.value)}`;
  throw new KeysteadError('NOT_MANAGER', `this login could not delete a key again without the role Manager${said}`);
}

/** Default: a root key in the ring `default`. It goes with the instance. */
export async function create(bench: Bench, { aliases = [], ring, extractable = false }: Wish = {}): Promise<RawAnswer> {
  await requireManager(bench);
  const key = { type: KEY_TYPE, name: bench.name, extractable, aliases };
  return await bench.keys({
    operation: 'create key',
    method: 'POST',
    path: '/keys',
    headers: { 'content-type': KEY_TYPE, ...(ring === undefined ? {} : { 'X-Kms-Key-Ring': ring }) },
    body: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [key] },
  });
}

export function remove(bench: Bench, id: string): Promise<RawAnswer> {
  return bench.keys({ operation: 'delete key', method: 'DELETE', path: `/keys/${id}`, idempotent: true });
}

function metadata(bench: Bench, idOrAlias: string): Promise<RawAnswer> {
  return bench.keys({ operation: 'read key', path: `/keys/${encodeURIComponent(idOrAlias)}/metadata` });
}

function keyIn({ body }: RawAnswer): string {
  return textIn(listIn(body, 'resources')[0], 'id') ?? '';
}

function stateIn({ body }: RawAnswer): unknown {
  return listIn(body, 'resources')[0]?.['state'];
}

function aliasesIn(row: unknown): readonly unknown[] {
  const aliases: unknown = typeof row === 'object' && row !== null && 'aliases' in row ? row.aliases : undefined;
  return Array.isArray(aliases) ? aliases : [];
}
