import type { Address } from './address.ts';
import { nearest } from './nearest.ts';
import { allVerbs, rowOf } from './verbs.ts';

/** What `--allow` takes: `WORD:ADDRESS`. */
interface Form {
  readonly word: string;
  readonly help: string;
  /** The word is one by itself, too. */
  readonly bare?: true;
}

const NUMBER = { word: 'deletes', help: 'delete this many, more than safety.maxDeletes' } as const;

const forms: readonly Form[] = [
  ...allVerbs.flatMap((verb) => {
    const { consent } = rowOf(verb);
    return consent === undefined ? [] : [{ ...consent, word: verb }];
  }),
  { word: 'takeover', help: 'take an object from the stack that owns it' },
  { word: 'narrow', help: "take away a role that a deployment's backups need" },
  { word: 'renew-deletion', help: 'set a key for deletion again after its time is up' },
];

/** One line a consent, for the help of `--allow`: how it is written, and what it does. */
export const consentHelp: readonly (readonly [string, string])[] = [
  ...forms.map(({ word, help, bare }) => [`${word}${bare ? '[:ADDRESS]' : ':ADDRESS'}`, help] as const),
  [`${NUMBER.word}:N`, NUMBER.help],
];

/** @returns why this consents to nothing, with what was most likely meant; undefined where it is a consent */
export function refusalOf(consent: string): string | undefined {
  const [word = '', about] = consent.split(/:(.*)/s);
  if (word === NUMBER.word) return /^\d+$/.test(about ?? '') ? undefined : `Give a number: ${word}:N.`;
  const form = forms.find((one) => one.word === word);
  if (form === undefined) {
    const close = nearest(word, [...forms.map((one) => one.word), NUMBER.word]);
    if (close !== undefined) return `Did you mean ${[close, ...(about === undefined ? [] : [about])].join(':')}?`;
    return `Use ${consentHelp.map(([written]) => written).join(', ')}.`;
  }
  if (about === undefined && form.bare) return undefined;
  return /^[a-z-]+\.[a-z0-9-]+$/.test(about ?? '') ? undefined : `Give an address: ${word}:KIND.NAME.`;
}

/** The address that a consent is about; absent where it is about several. */
export function addressIn(consent: string): Address | undefined {
  const [word, about] = consent.split(/:(.*)/s);
  return word === NUMBER.word ? undefined : about;
}

/** How many deletions are consented to; 0 without one. */
export function deletesAllowed(consents: readonly string[]): number {
  const counts = consents.flatMap((consent) => consent.split(`${NUMBER.word}:`)[1] ?? []).map(Number);
  return Math.max(0, ...counts);
}
