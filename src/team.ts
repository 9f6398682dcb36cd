import type { Sealing } from './domain/sealing.js';
import type { Stores } from './redis/stores.js';
import type { MailService } from './services/mail.js';
import { createOidc } from './services/oidc.js';
import { createPeople } from './services/people.js';
import { createSignIn } from './services/sign-in.js';
import { createAccount } from './services/sign-in-account.js';
import { createFactor } from './services/sign-in-factor.js';
import { createPasswordCheck } from './services/sign-in-passwords.js';
import { createTeam } from './services/team.js';

export interface TeamDeps {
  stores: Stores;
  sealing: Sealing;
  mail: MailService;
  now: () => number;
  log: { warn(data: object, message: string): void };
}

/** Whoever runs this Foyer, and how they sign in. */
export function createTeamServices({ stores, sealing, mail, now, log }: TeamDeps) {
  const wayIn = {
    ...stores,
    sealing,
    now,
    factor: createFactor({ sealing, now }),
    checkPassword: createPasswordCheck(),
    passwordsFor: async () => (await stores.provider.read())?.passwords ?? 'everybody',
  };
  const signIn = createSignIn(wayIn);

  return {
    team: createTeam({ ...stores, sealing, now }),
    people: createPeople({ ...stores, sealing, mail, now }),
    signIn,
    account: createAccount(wayIn),
    oidc: createOidc({ ...stores, signIn, sealing, now, log }),
  };
}
