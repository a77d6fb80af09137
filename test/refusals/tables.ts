import { ownership } from './ownership.ts';
import type { Refusal } from './refusal.ts';
import { reviewed } from './reviewed.ts';

/** Every refusal with its way out. A new area adds its table here. */
export const refusals: readonly Refusal[] = [...reviewed, ...ownership];
