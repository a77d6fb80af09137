import type { Address } from './address.ts';
import type { Verb } from './change.ts';
import type { Outcome } from './outcome.ts';

/** What `apply` tells while it runs; drawn by the command line. */
export type ApplyEvent =
  | { readonly type: 'started'; readonly address: Address; readonly verb: Verb }
  | { readonly type: 'waiting'; readonly address: Address; readonly verb: Verb; readonly reason: string }
  | { readonly type: 'settling'; readonly address: Address; readonly verb: Verb }
  | { readonly type: 'ended'; readonly outcome: Outcome };

export type Tell = (event: ApplyEvent) => void;
