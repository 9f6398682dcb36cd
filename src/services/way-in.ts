import { createOidc, type OidcDeps } from './oidc.js';
import { createPeople, type PeopleDeps } from './people.js';
import { createSignIn, type SignInDeps } from './sign-in.js';
import { type AccountDeps, createAccount } from './sign-in-account.js';
import { createFactor } from './sign-in-factor.js';
import { createPasswordCheck } from './sign-in-passwords.js';

type Made = 'factor' | 'checkPassword' | 'passwordsFor' | 'signIn';
export type WayInDeps = Omit<SignInDeps & AccountDeps & OidcDeps & PeopleDeps, Made>;

/** The team, and every way in that it has; they share what compares passwords and codes. */
export function createWayIn(deps: WayInDeps) {
  const shared = {
    ...deps,
    factor: createFactor(deps),
    checkPassword: createPasswordCheck(),
    passwordsFor: async () => (await deps.provider.read())?.passwords ?? ('everybody' as const),
  };
  const signIn = createSignIn(shared);
  return {
    people: createPeople(deps),
    signIn,
    account: createAccount(shared),
    oidc: createOidc({ ...deps, signIn }),
  };
}
