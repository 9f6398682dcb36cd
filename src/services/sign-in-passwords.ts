import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { PASSWORD_MOST } from '../domain/team.js';
import { few } from './chore.js';

/** The least that OWASP asks of argon2id, and what this library does by itself; written out, since hashes are compared with it. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const FORM = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$`;

const plain64 = (bytes: number): string => randomBytes(bytes).toString('base64').replace(/=+$/, '');
/** What the password of somebody who is not there is compared with, so that both take as long. Nothing hashes to it. */
const NOBODY = `${FORM}${plain64(16)}$${plain64(32)}`;

const WAITING_MOST = 20;

export const hashPassword = (password: string): Promise<string> => hash(password, COST);

/** Made at another cost than today's. */
export const isOutdated = (passwordHash: string): boolean => !passwordHash.startsWith(FORM);

export type PasswordCheck = ReturnType<typeof createPasswordCheck>;

/**
 * Compares passwords, two at once at most: one for browsers that somebody signed in with before, one for strangers, so
 * that these cannot keep those waiting. Undefined where the line is too long.
 */
export function createPasswordCheck(compare: typeof verify = verify) {
  const lanes = { known: few(1, WAITING_MOST), strange: few(1, WAITING_MOST) };
  return (passwordHash: string | undefined, password: string, known: boolean): Promise<boolean | undefined> =>
    lanes[known ? 'known' : 'strange'](async () => {
      // Nobody could set a longer one, and a long one must not take longer.
      const right = await compare(passwordHash ?? NOBODY, password.slice(0, 2 * PASSWORD_MOST));
      return right && passwordHash !== undefined;
    });
}
