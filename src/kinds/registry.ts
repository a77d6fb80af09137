import { authorization } from './authorization/kind.ts';
import { deployment } from './deployment/kind.ts';
import { key } from './key/kind.ts';
import { keyProtectInstance } from './key-protect-instance/kind.ts';
import { keyRing } from './key-ring/kind.ts';
import type { Kind } from './kind.ts';

/** Every kind, containers first: the order in which they are observed and shown. */
export const kinds: readonly Kind[] = [keyProtectInstance, keyRing, key, authorization, deployment];
