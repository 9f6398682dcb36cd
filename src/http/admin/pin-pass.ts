import type { Sealing } from '../../domain/sealing.js';
import { sameText } from '../pages/form.js';

/** So long a page may show the PIN again to the login that was given it. */
const SHOWN_MS = 5 * 60_000;

/**
 * Whoever registers, re-issues or asks for a PIN is led to the visit's page, and that page may show it: to this login, of
 * this visit, for some minutes. The PIN itself stands in no address.
 */
export function createPinPass({ sealing, now }: { sealing: Pick<Sealing, 'digest'>; now: () => number }) {
  const sign = (login: string, visit: string, at: string): string =>
    sealing.digest('pin-page', `${login} ${visit} ${at}`);
  return {
    issue(login: string, visit: string): string {
      const at = String(now());
      return `${at}.${sign(login, visit, at)}`;
    },
    holds(pass: string, login: string, visit: string): boolean {
      const [at = '', signature = ''] = pass.split('.');
      if (!/^\d{1,15}$/.test(at) || now() - Number(at) > SHOWN_MS) return false;
      return sameText(sign(login, visit, at), signature);
    },
  };
}

export type PinPass = ReturnType<typeof createPinPass>;
