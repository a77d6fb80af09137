import type { Finding, Question, Verdict } from '../model/diagnosis.ts';
import { Interrupted, KeysteadError } from '../model/errors.ts';

/** A question, and how the cloud is asked it. */
export interface Probe<Context> extends Question {
  /** What it throws as a KeysteadError, but for an interrupt, is *not readable*. */
  readonly look: (context: Context) => Promise<Verdict>;
}

export function asAssumed(text: string, details: readonly string[] = []): Verdict {
  return { is: 'as assumed', text, details };
}

export function differs(text: string, details: readonly string[] = []): Verdict {
  return { is: 'differs', text, details };
}

export function notReadable(text: string, details: readonly string[] = []): Verdict {
  return { is: 'not readable', text, details };
}

/** @param same whether what was seen is what is assumed */
export function verdict(same: boolean, text: string, details: readonly string[] = []): Verdict {
  return same ? asAssumed(text, details) : differs(text, details);
}

/** Asks one question. What the cloud refuses to tell is an answer as well. */
export async function ask<Context>({ look, ...question }: Probe<Context>, context: Context): Promise<Finding> {
  try {
    return { ...question, ...(await look(context)) };
  } catch (error) {
    if (!(error instanceof KeysteadError) || error instanceof Interrupted) throw error;
    return { ...question, ...notReadable(error.message) };
  }
}
