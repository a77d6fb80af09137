/** A service that IAM lets anybody authorize on Key Protect. Source: Key Protect docs, "Integrating services". */
export const OBJECT_STORAGE = 'cloud-object-storage';
