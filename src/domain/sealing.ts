import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { PinDigest, SiteId } from './id.js';

/**
 * Everything that is made with `SECRET`. Each purpose has its own key (HKDF-SHA-256); sealed values are AES-256-GCM,
 * bound to their purpose and to what the caller names.
 */
export interface Sealing {
  /** What a PIN is looked up by. */
  pinDigest(site: SiteId, pin: string): PinDigest;
  /** A keyed digest of an e-mail address, case-folded; of a claim code, an API key, a set-up code. */
  digest(purpose: DigestPurpose, text: string): string;
  /** base64url of nonce, tag and ciphertext; only `unseal` with the same purpose and binding reads it. */
  seal(purpose: SealPurpose, binding: string, text: string): string;
  /** Undefined when altered, made for something else, or made under another SECRET. */
  unseal(purpose: SealPurpose, binding: string, sealed: string): string | undefined;
}

export type DigestPurpose =
  | 'mail'
  | 'claim'
  | 'api-key'
  | 'setup'
  | 'check'
  | 'credential'
  | 'login'
  | 'csrf'
  | 'pin-page'
  | 'pairing'
  | 'desk'
  | 'desk-csrf'
  | 'approve'
  | 'host'
  | 'attempt'
  | 'browser'
  | 'team-link'
  | 'recovery'
  | 'provider';
export type SealPurpose =
  | 'pin'
  | 'redirect'
  | 'status'
  | 'gateway'
  | 'webhook'
  | 'mail'
  | 'kiosk'
  | 'waiting'
  | 'import'
  | 'totp'
  | 'sign-in'
  | 'provider'
  | 'flash'
  | 'search'
  | 'setting';

const NONCE = 12;
const TAG = 16;

export function createSealing(secret: string): Sealing {
  const keys = new Map<string, Buffer>();
  const keyOf = (purpose: string): Buffer => {
    let key = keys.get(purpose);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', secret, 'foyer', purpose, 32));
      keys.set(purpose, key);
    }
    return key;
  };
  const mac = (purpose: string, text: string) =>
    createHmac('sha256', keyOf(`digest ${purpose}`))
      .update(text)
      .digest('base64url');

  return {
    pinDigest: (site, pin) => mac('pin', `${site} ${pin}`) as PinDigest,
    digest: (purpose, text) => mac(purpose, purpose === 'mail' ? text.trim().toLowerCase() : text),
    seal(purpose, binding, text) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', keyOf(`seal ${purpose}`), nonce);
      cipher.setAAD(Buffer.from(binding));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    },
    unseal(purpose, binding, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < NONCE + TAG) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', keyOf(`seal ${purpose}`), bytes.subarray(0, NONCE));
      decipher.setAAD(Buffer.from(binding));
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString(
          'utf8',
        );
      } catch {
        return undefined;
      }
    },
  };
}
