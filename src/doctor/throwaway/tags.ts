import type { RawAnswer } from '../../cloud/raw.ts';
import { listIn, SEARCH, TAGS, textIn } from '../calls.ts';
import { shown } from '../context.ts';
import { type Probe, verdict } from '../probe.ts';
import { type Bench, until } from './bench.ts';

/** Keystead waits as long for the tags of a new instance. */
const EVERY = { everyMs: 2_000, forMs: 180_000 };

export const tagsAfterCreate: Probe<Bench> = {
  probe: 'tags-after-create',
  asks: 'How soon after its creation can an instance be tagged, and where do its tags show?',
  assumes: 'at the first try; the tags of the create itself show by themselves',
  otherwise: 'Keystead retries for three minutes after a create, and reads tags by Search',
  source: 'terraform-provider-ibm, issues 3874 and 1276; no length is published',
  async look(bench) {
    const { vault, name, raw, subjects } = bench;
    const tag = `${name}:attached`;
    const refusals = new Set<string>();
    const attached = await until(bench, EVERY, async () => {
      const answer = await raw.ask(TAGS, {
        operation: 'attach a tag',
        method: 'POST',
        path: '/v3/tags/attach',
        query: { tag_type: 'user' },
        body: { resources: [{ resource_id: vault.crn }], tag_names: [tag] },
        idempotent: true,
      });
      const refusal = refusalIn(answer);
      if (refusal !== undefined) refusals.add(refusal);
      return refusal === undefined ? true : undefined;
    });
    const listed = await until(bench, EVERY, async () => {
      const query = { attached_to: vault.crn, providers: 'ghost', tag_type: 'user', limit: 100 };
      const { body } = await raw.ask(TAGS, { operation: 'list tags', path: '/v3/tags', query });
      const tags = listIn(body, 'items').map((item) => textIn(item, 'name') ?? '');
      return tags.includes(name) && (attached === undefined || tags.includes(tag)) ? true : undefined;
    });
    const indexed = await until(bench, EVERY, async () => {
      const { body } = await raw.ask(SEARCH, {
        operation: 'search the instance',
        method: 'POST',
        path: '/v3/resources/search',
        query: { account_id: subjects.account, limit: 10 },
        body: { query: `crn:"${vault.crn}"`, fields: ['crn', 'tags'] },
        reads: true,
        idempotent: true,
      });
      const tags: unknown = listIn(body, 'items')[0]?.['tags'];
      return Array.isArray(tags) && tags.includes(name) ? true : undefined;
    });
    const details = [
      `attaching: ${soon(attached)}${refusals.size > 0 ? `, refused before with ${[...refusals].join(', ')}` : ''}`,
      `the tag of the create in the list of tags: ${soon(listed)}`,
      `the tag of the create in Search: ${soon(indexed)}`,
    ];
    const same = attached?.looks === 1 && listed !== undefined && indexed !== undefined;
    return verdict(same, same ? 'attached at the first try' : (details[0] ?? ''), same ? details : details.slice(1));
  },
};

/** A failure of one resource stands inside a 200. */
function refusalIn(answer: RawAnswer): string | undefined {
  if (answer.status >= 300) return shown(answer);
  return listIn(answer.body, 'results').some((row) => row['is_error'] === true)
    ? `${answer.status} is_error`
    : undefined;
}

function soon(seen: { readonly afterS: number; readonly looks: number } | undefined): string {
  if (seen === undefined) return 'not within 3 minutes';
  return seen.looks === 1 ? 'at once' : `after ${seen.afterS} s`;
}
