import type { Wire } from './api.ts';
import type { apis } from './apis.ts';
import type { Login } from './login/session.ts';

type Apis = (typeof apis)[number];
type Reads<A> = A extends { reads(wire: Wire): infer Calls } ? Calls : never;
type Writes<A> = A extends { writes(wire: Wire): infer Calls } ? Calls : never;
/** What has every member of a union's. */
type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer Every) => void ? Every : never;

/**
 * Every call that reads, and none that writes: every command but `apply` is handed this type. The calls are those of the
 * APIs' folders. Lists are complete (all pages) and asked for once per `Reader`, unless a call says otherwise; a new round
 * takes a new `Reader`. Single objects are asked for anew on each call. Absent objects are `undefined`; any other refusal
 * is thrown as a `CloudError`.
 */
export interface Reader extends All<Reads<Apis>> {
  /** Whose token it is; from the token's claims, after one login. */
  login(): Promise<Login>;
}

/**
 * The writing half, handed to `apply` alone. May throw `LostAnswer`: it may have happened. What may be repeated at will
 * (deletes, aliases, tags, rotation policies) is sent again first; the rest is never sent twice after an answer was lost:
 * the engine looks and decides again.
 */
export interface Writer extends All<Writes<Apis>> {}

export interface Cloud extends Reader, Writer {}
