import { aboutInstance, RESOURCES, textIn } from '../calls.ts';
import { shown } from '../context.ts';
import { differs, notReadable, type Probe, verdict } from '../probe.ts';
import { type Bench, until } from './bench.ts';
import { create, remove } from './keys.ts';

const DESTROYED = 5;
const SPREADING = { everyMs: 5_000, forMs: 600_000 };
const SOON = { everyMs: 2_000, forMs: 120_000 };

export const instanceWithKeys: Probe<Bench> = {
  probe: 'instance-with-keys',
  asks: 'Can a Key Protect instance be deleted while it holds an active key?',
  assumes: 'no: 422',
  otherwise: 'nothing breaks: plans delete keys before their instance',
  source:
    'IBM Cloud docs, "FAQs" of Key Protect (the keys go first) and known issues of its security services (the status)',
  async look(bench) {
    const made = await create(bench);
    if (made.status >= 300) return notReadable(`no key can be created: ${shown(made)}`);
    const answer = await deleteVault(bench);
    return verdict(answer.status === 422, answer.status < 300 ? `it is deleted: ${answer.status}` : shown(answer));
  },
};

export const deletionToReclamation: Probe<Bench> = {
  probe: 'deletion-to-reclamation',
  asks: 'How is an instance deleted and reclaimed right after its keys were deleted?',
  assumes: 'deleted at the first try, listed as a reclamation by its GUID, and "removed" once reclaimed',
  otherwise: 'Keystead retries the deletion for ten minutes, and then waits two minutes for its effect',
  source: 'Resource Controller API, "Reclamations"; the tests of IBM\'s SDK wait twenty seconds after each step',
  async look(bench) {
    const { cloud, vault, made } = bench;
    for (const { id, state } of await cloud().keys(vault.crn)) if (state !== DESTROYED) await remove(bench, id);
    const refusals = new Set<string>();
    const deleted = await until(bench, SPREADING, async () => {
      const answer = await deleteVault(bench);
      // 404 and 410: an earlier probe's try has succeeded after all.
      if (answer.status < 300 || answer.status === 404 || answer.status === 410) return true;
      refusals.add(shown(answer));
      return (await cloud().instance(vault.crn))?.state === 'pending_reclamation' ? true : undefined;
    });
    if (deleted === undefined) return differs(`not within 10 minutes: ${[...refusals].join(', ')}`);
    const reclaiming = await until(bench, SOON, async () => (await cloud().reclamationOf(vault.guid)) ?? undefined);
    if (reclaiming === undefined) return differs('no reclamation is listed within 2 minutes');
    await cloud().endReclamation(reclaiming.value.id, 'reclaim');
    const removed = await until(bench, SOON, async () => {
      const answer = await bench.raw.ask(RESOURCES, aboutInstance(vault, { operation: 'read instance' }));
      if (answer.status === 404 || answer.status === 410) return `answers ${shown(answer)}`;
      return textIn(answer.body, 'state') === 'removed' ? 'shows the state "removed"' : undefined;
    });
    if (removed === undefined) return differs('not removed within 2 minutes after it was reclaimed');
    made.instances.delete(vault.crn);
    const say = (what: string, { looks, afterS }: { readonly looks: number; readonly afterS: number }) =>
      `${what} ${looks === 1 ? 'at once' : `after ${afterS} s`}`;
    const before = refusals.size > 0 ? `, refused before with ${[...refusals].join(', ')}` : '';
    const parts = [
      `${say('deleted', deleted)}${before}`,
      `${say('in reclamation', reclaiming)}`,
      `${say('removed', removed)}, and then it ${removed.value}`,
    ];
    const same = deleted.looks === 1 && removed.value.includes('removed');
    return verdict(same, parts.join('; '));
  },
};

function deleteVault({ raw, vault }: Bench) {
  const call = {
    operation: 'delete instance',
    method: 'DELETE',
    query: { recursive: 'true' },
    idempotent: true,
  } as const;
  return raw.ask(RESOURCES, aboutInstance(vault, call));
}
