import type { SiteId } from './id.js';

/** What a person of the team or an API key may do; each role may do all that the ones before it may. */
export const TEAM_ROLES = ['desk', 'admin', 'owner'] as const;
export type TeamRole = (typeof TEAM_ROLES)[number];

/** Undefined for anything that is no role. */
export const parseTeamRole = (text: string): TeamRole | undefined => TEAM_ROLES.find((role) => role === text);

/** May somebody with the role `has` do what needs the role `needs`? */
export const roleAllows = (has: TeamRole, needs: TeamRole): boolean =>
  TEAM_ROLES.indexOf(has) >= TEAM_ROLES.indexOf(needs);

/** Somebody who runs this Foyer. */
export interface Person {
  id: string;
  email: string;
  role: TeamRole;
  /** Where a desk or an admin works; an owner works everywhere. */
  site: SiteId;
  /** argon2id, in PHC form; absent where no password is set yet. */
  passwordHash?: string;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Epoch milliseconds; absent while they never signed in. */
  signedInAt?: number;
  /** Epoch milliseconds; set while they may not sign in. */
  deactivatedAt?: number;
  /** Grows when every login so far is to end: a login holds the count that it began with. */
  epoch?: number;
  secondFactor?: SecondFactor;
  /** The one-use link with which they set a password; a newer one takes its place. */
  link?: PersonLink;
  /** By what the provider knows them, after they signed in with it. */
  identity?: Identity;
}

export interface SecondFactor {
  /** Sealed, base32. */
  secret: string;
  /** The time step of the last code that was taken: none at or before it is taken again. */
  step: number;
  /** Keyed digests of the recovery codes that are left. */
  recovery: string[];
}

export interface PersonLink {
  digest: string;
  /** `reset` takes the second factor off when it is used; `forgotten` leaves it. */
  kind: 'invitation' | 'reset' | 'forgotten';
  /** Epoch milliseconds, exclusive. */
  until: number;
}

/** Who a person is at an OpenID Connect provider. */
export interface Identity {
  issuer: string;
  subject: string;
}

const HOUR_MS = 3_600_000;
export const LINK_MS: Readonly<Record<PersonLink['kind'], number>> = {
  invitation: 48 * HOUR_MS,
  reset: 24 * HOUR_MS,
  forgotten: HOUR_MS,
};

export type PersonState = 'active' | 'invited' | 'deactivated';

/** `invited`: has nothing to sign in with yet. */
export function personState({ deactivatedAt, passwordHash, identity }: Person): PersonState {
  if (deactivatedAt !== undefined) return 'deactivated';
  return passwordHash !== undefined || identity !== undefined ? 'active' : 'invited';
}

/** The link of a person while it can be used. */
export const openLink = ({ link, deactivatedAt }: Person, now: number): PersonLink | undefined =>
  link !== undefined && deactivatedAt === undefined && now < link.until ? link : undefined;

/** The same person with none of their logins good any more. */
export const withoutLogins = (person: Person): Person => ({ ...person, epoch: (person.epoch ?? 0) + 1 });

/** An API key. The key itself is shown once and kept as a digest only. */
export interface ApiKey {
  id: string;
  name: string;
  role: TeamRole;
  site: SiteId;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Epoch milliseconds, a minute behind at most; absent while it was never used. */
  lastUsedAt?: number;
}

export const PASSWORD_LEAST = 12;
export const PASSWORD_MOST = 256;

/** What is wrong with a password; undefined where nothing is. */
export function passwordProblem(password: string): string | undefined {
  const length = [...password].length;
  if (length < PASSWORD_LEAST) return `The password needs at least ${PASSWORD_LEAST} characters.`;
  return length > PASSWORD_MOST ? `The password may have ${PASSWORD_MOST} characters at most.` : undefined;
}
