import { createHmac, randomBytes } from 'node:crypto';

/** Signatures as Standard Webhooks 1.0.0 has them, so that receivers can use its libraries. */

const PREFIX = 'whsec_';
/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;

export const newWebhookSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64');

export interface SignedHeaders {
  'webhook-id': string;
  /** Of this attempt, whole seconds. */
  'webhook-timestamp': string;
  /** One signature for each secret, with spaces between. */
  'webhook-signature': string;
}

/** `id` holds no dot, so that nobody can move the bounds of what is signed. */
export function signWebhook(
  secrets: readonly string[],
  message: { id: string; at: number; body: string },
): SignedHeaders {
  const timestamp = String(Math.floor(message.at / 1000));
  const signed = `${message.id}.${timestamp}.${message.body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
