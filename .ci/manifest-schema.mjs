/** The keyword that names the block of a kind's resources, in the kind's own schema. */
export const BLOCK = 'x-block';

/**
 * The manifest's schema with a block for every kind.
 *
 * @param manifest the schema, with or without blocks
 * @param kinds the file of each kind's schema → the schema
 */
export function withBlocks(manifest, kinds) {
  const own = Object.entries(manifest.properties).filter(
    ([, { additionalProperties: each }]) => each?.$ref === undefined,
  );
  const blocks = Object.entries(kinds).map(([file, schema]) => [
    schema[BLOCK],
    {
      type: 'object',
      propertyNames: {
        pattern: '^[a-z0-9-]{1,46}$',
        patternErrorMessage: '1 to 46 lower-case letters, digits and hyphens',
      },
      additionalProperties: { $ref: file },
    },
  ]);
  // Those that are there keep their places, which messages and editors follow; a new one comes last.
  const places = Object.keys(manifest.properties);
  const placeOf = ([name]) => (places.includes(name) ? places.indexOf(name) : places.length);
  blocks.sort((left, right) => placeOf(left) - placeOf(right));
  return { ...manifest, properties: Object.fromEntries([...own, ...blocks]) };
}
