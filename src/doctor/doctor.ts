import type { Clock } from '../cloud/clock.ts';
import type { Raw } from '../cloud/raw.ts';
import type { Reader } from '../cloud/reader.ts';
import type { Kinds } from '../kinds/kind.ts';
import type { Diagnosis, Finding } from '../model/diagnosis.ts';
import { checkAccess } from './access.ts';
import { type ProbeContext, type Subjects, watchingLimits } from './context.ts';
import { checkEndpoints } from './endpoints.ts';
import { ask } from './probe.ts';
import { readingProbes } from './probes/reading.ts';
import { type DoctorInput, findSubjects } from './subjects.ts';

/** What a diagnosis asks of the outside; it cannot write. */
export interface DoctorContext {
  readonly kinds: Kinds;
  readonly reader: Reader;
  readonly raw: Raw;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A diagnosis, and what a throw-away probe goes on from. */
export interface Diagnosed {
  readonly diagnosis: Diagnosis;
  readonly subjects: Subjects;
}

/**
 * Looks at the login, at every API, at what the login may read, and asks every question that reading can answer.
 *
 * @throws KeysteadError `LOGIN_REFUSED`, `NO_SUCH_INSTANCE`, `AMBIGUOUS_INSTANCE`
 */
export async function diagnose(input: DoctorInput, context: DoctorContext): Promise<Diagnosed> {
  const { reader, clock, signal } = context;
  const login = await reader.login();
  const { subjects, leftovers } = await findSubjects(input, context);
  const probing: ProbeContext = { reader, clock, subjects, ...watchingLimits(context.raw) };
  // One after the other: other requests to the same host would count as latency.
  const endpoints = await checkEndpoints(probing);
  const access = await checkAccess(probing);
  const findings: Finding[] = [];
  for (const probe of readingProbes) {
    if (signal.aborted) break;
    findings.push(await ask(probe, probing));
  }
  return {
    subjects,
    diagnosis: {
      account: login.accountId,
      declaredAccount: input.wanted?.account ?? null,
      login: { iamId: login.iamId, is: identityIn(login.iamId) },
      endpoints,
      instances: { read: subjects.vaults.length, of: subjects.vaultsInAll },
      access,
      findings,
      left: [],
      leftBefore: leftovers.map(({ crn, state }) => ({ what: 'instance', id: crn, why: `it is ${state}` })),
    },
  };
}

/** A question that could not be answered by reading, and then on what was made, counts once. */
export function together(read: readonly Finding[], thrownAway: readonly Finding[]): readonly Finding[] {
  const answered = new Set(read.flatMap(({ probe, is }) => (is === 'not readable' ? [] : [probe])));
  const added = thrownAway.filter(({ probe }) => !answered.has(probe));
  const again = new Set(added.map(({ probe }) => probe));
  return [...read.filter(({ probe }) => !again.has(probe)), ...added];
}

/** Source: IBM Cloud docs, "IAM identities": how an IAM id begins. */
function identityIn(iamId: string): string {
  if (iamId.startsWith('iam-ServiceId-')) return 'a service ID';
  if (iamId.startsWith('iam-Profile-')) return 'a trusted profile';
  if (iamId.startsWith('IBMid-')) return 'a user';
  return 'an identity of another kind';
}
