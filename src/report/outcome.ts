import type { Address } from '../model/address.ts';
import type { Change, Condition } from '../model/change.ts';
import { assertNever } from '../model/json.ts';
import type { Applied, Outcome } from '../model/outcome.ts';
import { allVerbs, rowOf } from '../model/verbs.ts';
import { type Paint, painter, wrap } from './paint.ts';
import { renderCondition, renderOutside } from './plan/text.ts';

/**
 * What was not done and why, then one line that counts.
 *
 * @param options.shown the changes of the plan that stands above: what it says of a block is not said again
 */
export function renderResult(
  result: Applied,
  options: { readonly color: boolean; readonly shown?: readonly Change[] },
): string {
  const paint = painter(options.color);
  const shown = new Set(options.shown?.map(blockOf));
  const known = result.blocked.filter((change) => shown.has(blockOf(change)));
  const told = result.blocked.filter((change) => !shown.has(blockOf(change)));
  const parts = [
    ...result.outcomes.flatMap((outcome) => renderOutcome(outcome, paint)),
    ...told.map((change) => renderBlocked(change, false, paint)),
    ...known.map((change) => renderBlocked(change, true, paint)),
    ...(known.length > 0 ? ['      the plan above says why, and what to do'] : []),
    ...result.deferred.flatMap(({ address, status }) =>
      status.is === 'deferred' ? [notDoneYet(address, status.until, paint)] : [],
    ),
    ...result.unreviewed.map(
      ({ address, verb }) => `  ${address}: ${verb} is asked for now and was not in the plan: not done; plan again`,
    ),
    ...renderOutside(result),
  ];
  return `${[...parts, paint('bold', lastLine(result))].join('\n')}\n`;
}

function renderOutcome(outcome: Outcome, paint: Paint): readonly string[] {
  const head = (word: string) => `  ${outcome.address}: ${paint('red', `${outcome.verb} ${word}`)}`;
  switch (outcome.is) {
    case 'done':
      return (outcome.notes ?? []).map((note) => wrap(`${outcome.address}: ${note}`, '  '));
    case 'failed':
      return [`${head('failed')} [${outcome.error.code}]\n${wrap(outcome.error.message, '      ')}`];
    case 'unknown': {
      const text = `${outcome.error.message.replace(/\.$/, '')}. It may or may not have happened; run the same command again: it looks first`;
      return [`${head('is unknown')} [${outcome.error.code}]\n${wrap(text, '      ')}`];
    }
    case 'stale':
      return [`${head('is stale')}\n${wrap(`${outcome.reason}; plan again`, '      ')}`];
    case 'skipped': {
      const why = outcome.waitedFor === undefined ? 'interrupted' : `${outcome.waitedFor} is not done`;
      return [`${head('skipped')}: ${why}`];
    }
    case 'waiting':
      return [notDoneYet(outcome.address, outcome.until, paint)];
    default:
      return assertNever(outcome);
  }
}

/** What is said of a change that is blocked. */
function blockOf({ address, verb, status }: Change): string {
  return JSON.stringify([address, verb, status.is === 'blocked' ? status.message : null]);
}

function renderBlocked({ address, status }: Change, known: boolean, paint: Paint): string {
  if (status.is !== 'blocked') return `  ${address}`;
  const head = `  ${address}: ${paint('red', `blocked [${status.code}]`)}`;
  return known ? head : `${head}\n${wrap(status.message, '      ')}`;
}

function notDoneYet(address: Address, until: readonly Condition[], paint: Paint): string {
  return `  ${address}: ${paint('yellow', `not done yet: ${until.map(renderCondition).join(', ')}`)}`;
}

/** `Apply complete: …` or `Apply incomplete: …`, extended only by what is not zero. */
function lastLine({ outcomes, deferred, blocked, unreviewed }: Applied): string {
  const is = (word: Outcome['is']) => outcomes.filter((outcome) => outcome.is === word).length;
  const done = allVerbs.flatMap((verb) => {
    const count = outcomes.filter((outcome) => outcome.is === 'done' && outcome.verb === verb).length;
    const { done: word, alwaysCounted = false } = rowOf(verb);
    return alwaysCounted || count > 0 ? [`${count} ${word}`] : [];
  });
  const open = [
    [is('failed'), 'failed'],
    [is('unknown'), 'unknown'],
    [is('stale'), 'stale'],
    [is('skipped'), 'skipped'],
    [is('waiting') + deferred.length, 'deferred'],
    [blocked.length, 'blocked'],
    [unreviewed.length, 'not in the plan'],
  ].flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  return `Apply ${open.length > 0 ? 'incomplete' : 'complete'}: ${[...done, ...open].join(', ')}.`;
}

/** The same for programs. */
export function resultAsJson(result: Applied): string {
  return `${JSON.stringify({ formatVersion: 1, ...result }, undefined, 2)}\n`;
}
