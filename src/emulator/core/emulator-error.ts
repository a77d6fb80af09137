/** The emulator cannot start or go on: one sentence of what is wrong, one of what to do. Not used for API answers. */
export class EmulatorError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmulatorError';
    this.remedy = remedy;
  }
}

/**
 * The system's own code of a failed call, such as `EADDRINUSE`; empty where there is none.
 * Not by `instanceof`: under jest the errors of node's modules are of another realm's class.
 */
export function systemCode(error: unknown): string {
  return textMember(error, 'code') ?? '';
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return textMember(error, 'message') ?? String(error);
}

/** Where an error comes from, or at least what it says. */
export function stackOf(error: unknown): string {
  return textMember(error, 'stack') ?? messageOf(error);
}

function textMember(error: unknown, name: string): string | undefined {
  const member: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof member === 'string' ? member : undefined;
}
