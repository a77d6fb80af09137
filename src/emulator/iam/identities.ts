import type { Identity } from '../world.ts';

/** An API key and whom it stands for. */
export interface ApiKey {
  readonly secret: string;
  readonly id: string;
  readonly name: string;
  readonly identity: Identity;
  readonly email: string;
}

/** The key that the emulator's environment names. */
export const apiKeySecret = 'keystead-emulator';

/** Whoever uses the emulator: the account's one user. */
const user: Identity = {
  iamId: 'IBMid-3100000001',
  accountId: '0123456789abcdef0123456789abcdef',
  kind: 'user',
  name: 'Keystead Developer',
};

const apiKeys: readonly ApiKey[] = [
  {
    secret: apiKeySecret,
    id: 'ApiKey-00000000-0000-4000-8000-000000000001',
    name: 'keystead',
    identity: user,
    email: 'developer@keystead.example',
  },
];

/** The key of that secret. */
export function findApiKey(secret: string): ApiKey | undefined {
  return apiKeys.find((key) => key.secret === secret);
}
