import type { Desk } from './desk.ts';
import { badQuery } from './envelope.ts';
import type { Key } from './state.ts';

/** One condition of a `filter`. */
interface Condition {
  readonly property: string;
  readonly holds: (key: Key) => boolean;
}

const dates = ['creationDate', 'deletionDate', 'expirationDate', 'lastRotateDate', 'lastUpdateDate'] as const;

const comparisons: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  lt: (one, other) => one < other,
  lte: (one, other) => one <= other,
  gt: (one, other) => one > other,
  gte: (one, other) => one >= other,
};

/** What a `filter` asks for. */
export interface Filter {
  /** Whether it says which states are meant: then destroyed keys are left out by nobody else. */
  readonly hasState: boolean;
  readonly holds: (key: Key) => boolean;
}

/**
 * Reads `filter`: conditions `property=value` or `property=op:"date"`, with spaces between, all of which must hold.
 * @throws ApiError 400 `INVALID_QUERY_PARAM_ERR`
 * Source: Key Protect reference, "List" (`filter` grammar).
 */
export function readFilter(desk: Desk): Filter {
  const text = desk.call.query.get('filter')?.trim() ?? '';
  const conditions = text === '' ? [] : split(desk, text).map((part) => readCondition(desk, part));
  for (const { property } of conditions) {
    if (conditions.filter((other) => other.property === property).length > 3) {
      throw badQuery(desk, 'filter', `with ${property} three times at most`);
    }
    if (desk.call.query.has(property)) throw badQuery(desk, 'filter', `without ${property}, which the query has too`);
  }
  return {
    hasState: conditions.some(({ property }) => property === 'state'),
    holds: (key) => conditions.every((condition) => condition.holds(key)),
  };
}

/** Spaces separate, but not between double quotes. */
function split(desk: Desk, text: string): readonly string[] {
  const parts = text.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  if (parts.join('').replaceAll(/\s/g, '') === text.replaceAll(/\s/g, '')) return parts;
  throw badQuery(desk, 'filter', 'with double quotes in pairs');
}

function readCondition(desk: Desk, part: string): Condition {
  const [property = '', value = ''] = part.split(/=(.*)/s);
  if (property === 'state') return { property, holds: readStates(desk, value) };
  if (property === 'extractable') return { property, holds: readExtractable(desk, value) };
  const date = dates.find((name) => name === property);
  if (date !== undefined) return { property, holds: readDate(desk, date, value) };
  throw badQuery(desk, 'filter', `of ${[...dates, 'extractable', 'state'].join(', ')}`);
}

function readStates(desk: Desk, value: string): Condition['holds'] {
  const states = value.split(',');
  if (!states.every((state) => /^[0-5]$/.test(state))) {
    throw badQuery(desk, 'filter', 'with a state of integers from 0 to 5, by commas');
  }
  return (key) => states.includes(String(key.state));
}

function readExtractable(desk: Desk, value: string): Condition['holds'] {
  if (value !== 'true' && value !== 'false') throw badQuery(desk, 'filter', 'with extractable true or false');
  return (key) => key.extractable === (value === 'true');
}

function readDate(desk: Desk, property: (typeof dates)[number], value: string): Condition['holds'] {
  if (value === 'none') return (key) => key[property] === undefined;
  const [, op, text = ''] = /^(?:(lt|lte|gt|gte):)?"([^"]*)"$/.exec(value) ?? [];
  const wanted = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(wanted)) {
    const must = `with ${property} none, or a date of RFC 3339 in double quotes after lt, lte, gt or gte`;
    throw badQuery(desk, 'filter', must);
  }
  const compare = (op === undefined ? undefined : comparisons[op]) ?? ((one, other) => one === other);
  return (key) => {
    const date = key[property];
    return date !== undefined && compare(Date.parse(date), wanted);
  };
}
