import type { ProbeContext } from '../context.ts';
import type { Probe } from '../probe.ts';
import { aliasNotFound } from './aliases.ts';
import { catalogService } from './catalog.ts';
import { echoOfInstance } from './echo.ts';
import { endpointsOfInstance } from './endpoints-of-instance.ts';
import { keyListMembers } from './key-list.ts';
import { rateLimitHeaders } from './limits.ts';
import { pageSizes } from './page-sizes.ts';
import { registrationForms } from './registrations.ts';
import { rolesOfPair } from './roles.ts';

/** They only read, so any login may run them at any time. The last one looks at the answers of the others. */
export const readingProbes: readonly Probe<ProbeContext>[] = [
  catalogService,
  rolesOfPair,
  aliasNotFound,
  keyListMembers,
  registrationForms,
  endpointsOfInstance,
  echoOfInstance,
  pageSizes,
  rateLimitHeaders,
];
