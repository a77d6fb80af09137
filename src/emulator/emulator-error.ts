/** The emulator cannot start or go on: one sentence of what is wrong, one of what to do. Not used for API answers. */
export class EmulatorError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmulatorError';
    this.remedy = remedy;
  }
}

/** The system's own code of a failed call, such as `EADDRINUSE`; empty where there is none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
