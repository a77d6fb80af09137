import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import type { GivenIdentity } from './iam/add-identity.ts';
import type { RequestLog } from './request-log.ts';

/** What the server and the control API work on together. */
export interface Parts {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Identities that are there from the start, and after every reset. */
  readonly initial: readonly GivenIdentity[];
}
