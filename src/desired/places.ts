import type { Address } from '../model/address.ts';
import { given } from '../model/json.ts';
import type { Declared, Location } from '../model/resource.ts';

/** Where each resource was written. */
export type Places = ReadonlyMap<Address, Declared>;

/** The place of a JSON pointer into a resource, as a member of a problem; none for what stands in no file. */
export function at(places: Places, address: Address, pointer: string): { readonly at?: Location } {
  return given({ at: places.get(address)?.at(pointer) });
}
