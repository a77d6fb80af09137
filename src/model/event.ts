import type { Address } from './address.ts';
import type { Outcome } from './outcome.ts';
import type { Verb } from './verbs.ts';

/** What `apply` tells while it runs; drawn by the command line. */
export type ApplyEvent =
  | { readonly type: 'started'; readonly address: Address; readonly verb: Verb }
  | { readonly type: 'waiting'; readonly address: Address; readonly verb: Verb; readonly reason: string }
  | { readonly type: 'settling'; readonly address: Address; readonly verb: Verb }
  | { readonly type: 'ended'; readonly outcome: Outcome };

export type Tell = (event: ApplyEvent) => void;
