import type { Common } from '../../model/resource.ts';
import { roleWord } from '../../services/roles.ts';
import type { AuthorizationWritten } from './spec.gen.ts';

/** An authorization with its short forms expanded. */
export type AuthorizationSpec = Omit<AuthorizationWritten, 'source' | 'target'> & {
  source: Exclude<AuthorizationWritten['source'], string>;
  target: Exclude<AuthorizationWritten['target'], string>;
};

/** `source: S` is `{ service: S }`, `target: I` is `{ instance: I }`; roles get one spelling and keep their order. */
export function normalize({
  source,
  target,
  roles,
  ...rest
}: AuthorizationWritten & Common): AuthorizationSpec & Common {
  return {
    ...rest,
    source: typeof source === 'string' ? { service: source } : source,
    target: typeof target === 'string' ? { instance: target } : target,
    roles: roles.map(roleWord),
  };
}
