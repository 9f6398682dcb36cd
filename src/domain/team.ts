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
}

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
const PASSWORD_MOST = 256;

/** What is wrong with a password; undefined where nothing is. */
export function passwordProblem(password: string): string | undefined {
  const length = [...password].length;
  if (length < PASSWORD_LEAST) return `The password needs at least ${PASSWORD_LEAST} characters.`;
  return length > PASSWORD_MOST ? `The password may have ${PASSWORD_MOST} characters at most.` : undefined;
}
