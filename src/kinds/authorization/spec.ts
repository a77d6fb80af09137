import { isObject, type JsonObject } from '../../model/json.ts';
import type { Common } from '../../model/resource.ts';
import { roleWord } from '../../services/roles.ts';
import type { AuthorizationWritten } from './spec.gen.ts';

/** An authorization with its short forms expanded. */
export type AuthorizationSpec = Omit<AuthorizationWritten, 'source' | 'target'> & {
  source: Exclude<AuthorizationWritten['source'], string>;
  target: Exclude<AuthorizationWritten['target'], string>;
};

/** `source: S` is `{ service: S }`, `target: I` is `{ instance: I }`; roles get one spelling and keep their order. */
export function normalize(written: JsonObject): AuthorizationSpec & Common {
  const { source, target, roles } = written;
  return {
    ...written,
    source: isObject(source) ? source : { service: source },
    target: isObject(target) ? target : { instance: target },
    roles: Array.isArray(roles) ? roles.map((role) => roleWord(String(role))) : [],
  } as unknown as AuthorizationSpec & Common;
}
