/** Notes on Key Protect with real answers, found by search; the repository could not be told. */
export const NOTES = 'public notes on Key Protect ("Restricting access to keys", "Viewing usage of keys")';

export function docs(file: string): string {
  return `ibm-cloud-docs/key-protect ${file}`;
}

/** @param resources undefined: the member is left out */
export function envelope(type: string, resources: readonly object[] | undefined): object {
  return {
    metadata: { collectionType: `application/vnd.ibm.kms.${type}+json`, collectionTotal: resources?.length ?? 0 },
    ...(resources === undefined ? {} : { resources }),
  };
}
