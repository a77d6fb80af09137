import { authorization } from './authorization/kind.ts';
import { deployment } from './deployment/kind.ts';
import { key } from './key/kind.ts';
import { keyProtectInstance } from './key-protect-instance/kind.ts';
import { keyRing } from './key-ring/kind.ts';
import type { Kinds } from './kind.ts';
import { kindsOf } from './kinds.ts';

/** Every kind of the product, containers first: the order in which they are observed and shown. */
export const kinds: Kinds = kindsOf([keyProtectInstance, keyRing, key, authorization, deployment]);
