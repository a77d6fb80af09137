import { kindsOf } from '../../../src/kinds/kinds.ts';
import { kinds as five } from '../../../src/kinds/registry.ts';
import { label } from './label/kind.ts';

export const kinds = kindsOf([...five, label]);
