/** Names one declared resource: `<kind>.<map key>`, for example `key.dv-root`. Unique in a stack. */
export type Address = string;

/** Names one live object: its CRN; for a ring `<instance CRN>#<ring id>`; for a policy `policy:<id>`. */
export type LiveId = string;

/** An RFC 3339 instant in UTC. */
export type Iso = string;

/** Who owns a live object: the stack, and the map key of the resource in that stack. */
export interface Mark {
  readonly stack: string;
  readonly name: string;
}

export function addressOf(kind: string, name: string): Address {
  return `${kind}.${name}`;
}

/** The kind that an address names. */
export function kindIn(address: Address): string {
  return address.slice(0, address.indexOf('.'));
}

export function sameMark(left: Mark, right: Mark): boolean {
  return left.stack === right.stack && left.name === right.name;
}

/** One text for a kind and a mark, to look up by. */
export function keyOfMark(kind: string, { stack, name }: Mark): string {
  return `${kind} ${stack}/${name}`;
}
