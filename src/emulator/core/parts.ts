import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import type { RequestLog } from './request-log.ts';

/** What the server and the control API work on together. */
export interface Parts {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Makes what there is from the start; again after every reset. */
  readonly sow: () => void;
}
