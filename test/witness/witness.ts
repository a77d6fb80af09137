import type { Read } from '../../src/cloud/shape.ts';
import type { Answer, Api } from '../helpers/emulator.ts';

/** What the emulator's answers are taken from: an account with one of everything that the witnesses speak of. */
export interface Scene {
  readonly api: Api;
  /** Without a token. */
  readonly open: Api;
  readonly vault: { readonly guid: string; readonly crn: string };
  readonly group: string;
  /** Keys of the vault by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** A call to the vault's Key Protect. */
  readonly kp: (
    method: string,
    path: string,
    resource?: object,
    headers?: Readonly<Record<string, string>>,
  ) => ReturnType<Api>;
  readonly database: string;
  readonly deployment: string;
}

/** A call to the emulator. */
export type Ask = (scene: Scene) => Promise<Answer>;

/**
 * An answer of IBM Cloud that somebody recorded in public. Its form was typed anew: names and kinds of values are as they
 * were recorded, ids, names and texts of people are not.
 */
export interface Witness {
  /** Repository and path, or thread. */
  readonly source: string;
  /** Day of the answer; of the text that shows it where the answer has none. */
  readonly date: string;
  /** What is worth knowing about it. */
  readonly shows: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the headers ask to wait, in milliseconds. */
  readonly waitMs?: number;
  readonly body: unknown;
  /** A refusal: what Keystead takes from it. */
  readonly words?: { readonly code?: string; readonly message?: string; readonly id?: string };
  /** A refusal: the same request to the emulator, which must be refused with the same status and code. */
  readonly again?: Ask;
  /** Instances: what each of them is taken for, and the keys in what it echoes. */
  readonly lives?: readonly string[];
  readonly keys?: readonly string[];
  /** A Key Protect instance: where its keys are asked for, publicly and privately. */
  readonly endpoints?: { readonly public: string; readonly private: string };
  /** A policy: members that may mean something for what it allows, and are not known. */
  readonly unknown?: readonly string[];
  /** Where in the body an authorization stands that is understood. */
  readonly understood?: readonly (string | number)[];
  /** Registrations: the service and the instance or resource that uses the key, each once. */
  readonly users?: readonly string[];
}

/** One call, everything that was recorded of it, and how the emulator answers it. */
export interface Call {
  readonly call: string;
  /** How Keystead reads the body; absent: it never makes this call, or its answer is a refusal. */
  readonly shape?: Read<unknown>;
  /** The part of the body that the shape keeps; absent: all of it. */
  readonly keeps?: readonly (string | number)[];
  readonly witnesses: readonly Witness[];
  /** The same call to the emulator, in situations as they were recorded; refusals have it in `again` of each witness. */
  readonly emulated?: readonly Ask[];
  /** How the emulator's form differs from every recorded one, and why that stays so. */
  readonly known?: Readonly<Record<string, string>>;
}

/** Ids of nobody. */
export const account = 'a0a1a2a3a4a5a6a7a8a9aaabacadaeaf';
export const group = 'b0b1b2b3b4b5b6b7b8b9babbbcbdbebf';
export const user = 'IBMid-0000000001';

export function guid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** @param rest type and resource, with the colon between them */
export function crn(service: string, region: string, instance: string, rest = ':'): string {
  return `crn:v1:bluemix:public:${service}:${region}:a/${account}:${instance}:${rest}`;
}

/** Differences that stay for one reason. */
export function each(reason: string, ...differences: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(differences.map((difference) => [difference, reason]));
}
