import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const PERIOD_S = 30;
/** Steps before and after the present one whose code is taken too: clocks differ, and people type slowly. */
const WINDOW = 1;
const SECRET_BYTES = 20;
export const RECOVERY_CODES = 10;
/** No letters that are read as digits. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const RECOVERY_LENGTH = 10;

/** A new secret, base32. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

const totp = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: 'Foyer', label, secret: Secret.fromBase32(secret), period: PERIOD_S });

/** What an authenticator app reads from the QR code. */
export const totpAddress = (secret: string, label: string): string => totp(secret, label).toString();

/** The time step whose code this is; undefined for a wrong code, and for one at or before the step that was taken last. */
export function totpStep(secret: string, code: string, now: number, taken: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totp(secret).validate({ token: code, window: WINDOW, timestamp: now });
  if (delta === null) return undefined;
  const step = Math.floor(now / 1000 / PERIOD_S) + delta;
  return step > taken ? step : undefined;
}

/** A code as it was typed, without what people put between: digits of an app, or a recovery code. */
export const plainCode = (typed: string): string => typed.toLowerCase().replace(/[\s-]+/g, '');

/** Ten letters, in two groups. */
export function newRecoveryCode(): string {
  const letters = Array.from({ length: RECOVERY_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]);
  return `${letters.slice(0, 5).join('')}-${letters.slice(5).join('')}`;
}
