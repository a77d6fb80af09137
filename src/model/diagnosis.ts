/** What Keystead assumes of the cloud, as one question that the cloud can answer. */
export interface Question {
  /** Stable: the emulator's rules cite it. */
  readonly probe: string;
  readonly asks: string;
  readonly assumes: string;
  /** What Keystead does where the cloud answers otherwise. */
  readonly otherwise: string;
  /** Where the assumption comes from, or why it is one. */
  readonly source: string;
}

/** What the cloud answered. */
export interface Verdict {
  readonly is: 'as assumed' | 'differs' | 'not readable';
  /** What was seen, or why nothing was. */
  readonly text: string;
  /** What else was seen, a line each. */
  readonly details: readonly string[];
}

export interface Finding extends Question, Verdict {}

/** Where an API is, and how it answered one request. */
export interface EndpointCheck {
  readonly api: string;
  readonly url: string;
  /** `null`: it did not answer. */
  readonly status: number | null;
  readonly latencyMs: number | null;
  /** How far this machine's clock is ahead of the API's, in whole seconds; `null`: its answer has no date. */
  readonly clockAheadS: number | null;
  /** Why it did not answer. */
  readonly error: string | null;
}

/** One read that commands rest on, as this login may do it. */
export interface AccessCheck {
  readonly read: string;
  /** The instance that was read; `null`: the account. */
  readonly of: string | null;
  /** `empty`: nothing came, which a missing role looks like as well. `failed`: for another reason than a role. */
  readonly is: 'allowed' | 'empty' | 'refused' | 'failed';
  /** The commands that need it. */
  readonly neededBy: readonly string[];
  readonly why: string | null;
  readonly remedy: string | null;
}

/** Something that a throw-away probe could not remove, or an earlier run left. */
export interface LeftBehind {
  readonly what: string;
  /** Its CRN, or what finds it. */
  readonly id: string;
  readonly why: string;
}

/** What `doctor` found out. */
export interface Diagnosis {
  readonly account: string;
  /** The account that the manifests belong to, where they say so. */
  readonly declaredAccount: string | null;
  readonly login: { readonly iamId: string; readonly is: string };
  readonly endpoints: readonly EndpointCheck[];
  /** How many instances of Key Protect were looked into, and how many there are. */
  readonly instances: { readonly read: number; readonly of: number };
  readonly access: readonly AccessCheck[];
  readonly findings: readonly Finding[];
  /** What this run made and could not remove. */
  readonly left: readonly LeftBehind[];
  /** What earlier runs left. */
  readonly leftBefore: readonly LeftBehind[];
}

/** `differs`: something is not as assumed. `failed`: an API did not answer, or something could not be removed. */
export function resultOf(diagnosis: Diagnosis): 'as assumed' | 'differs' | 'failed' {
  const { account, declaredAccount, endpoints, access, findings, left } = diagnosis;
  if (left.length > 0 || endpoints.some(({ error }) => error !== null)) return 'failed';
  if (access.some(({ is }) => is === 'failed')) return 'failed';
  const isOther = declaredAccount !== null && declaredAccount !== account;
  return isOther || findings.some(({ is }) => is === 'differs') ? 'differs' : 'as assumed';
}
