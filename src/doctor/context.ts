import type { Clock } from '../cloud/clock.ts';
import type { Raw, RawAnswer } from '../cloud/raw.ts';
import type { Reader } from '../cloud/reader.ts';
import type { RcInstance } from '../cloud/resource-controller/shapes.ts';

/** What is looked at. */
export interface Subjects {
  readonly account: string;
  /** Catalog names: those that Keystead knows by itself, and those that are declared. */
  readonly services: readonly string[];
  /** Key Protect instances that answer, a few at most. */
  readonly vaults: readonly RcInstance[];
  /** How many there are in all. */
  readonly vaultsInAll: number;
  /** The instance of `--instance`. */
  readonly instance: RcInstance | undefined;
  /** Regions of Key Protect, sorted. */
  readonly regions: readonly string[];
}

/** What a reading probe may use. It cannot write. */
export interface ProbeContext {
  readonly reader: Reader;
  readonly raw: Raw;
  readonly subjects: Subjects;
  /** Headers about limits that any answer has had so far: `API: name` → its last value. */
  readonly limits: ReadonlyMap<string, string>;
  readonly clock: Clock;
}

const ABOUT_LIMITS = /rate-?limit|^retry-after$/;

/** The same requests; whatever their answers say about limits is kept. */
export function watchingLimits(raw: Raw): { readonly raw: Raw; readonly limits: ReadonlyMap<string, string> } {
  const limits = new Map<string, string>();
  const ask: Raw['ask'] = async (api, call) => {
    const answer = await raw.ask(api, call);
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined && ABOUT_LIMITS.test(name)) limits.set(`${api}: ${name}`, value);
    }
    return answer;
  };
  return { raw: { ...raw, ask }, limits };
}

/** An answer as people write it: `404 KEY_NOT_FOUND_ERR`. */
export function shown({ status, code }: Pick<RawAnswer, 'status' | 'code'>): string {
  return code === undefined ? String(status) : `${status} ${code}`;
}
