import { Type } from 'typebox';
import { parseNetwork } from '../../domain/gateway.js';
import type { RadiusNas } from '../driver.js';
import { secretField } from '../fields.js';

/** Fields of routers that a browser logs in at, and that ask by RADIUS then. */

const isNetwork = (text: string): boolean => parseNetwork(text) !== undefined;

export const radiusFields = (words: { nas: string; disconnectPort: string }) => ({
  nas: Type.Array(
    Type.Refine(Type.String(), isNetwork, () => 'is not an address or network (192.0.2.10, 2001:db8::/64)'),
    { default: [], maxItems: 64, description: words.nas },
  ),
  secret: Type.Optional(
    secretField(
      'The secret that Foyer and the router share for RADIUS. Make it long: `openssl rand -hex 24`.',
    ),
  ),
  requireMessageAuthenticator: Type.Boolean({
    default: true,
    description:
      'Drop questions without a Message-Authenticator, which anybody on the way could have altered (CVE-2024-3596). `false` only for a router that cannot send one, on a network that nobody else is in.',
  }),
  disconnectPort: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3799,
    description: words.disconnectPort,
  }),
});

export interface AsksByRadius {
  nas: string[];
  secret?: string;
  requireMessageAuthenticator: boolean;
  disconnectPort: number;
}

export const nasOf = ({ nas, secret, requireMessageAuthenticator }: AsksByRadius): RadiusNas | undefined =>
  nas.length > 0 && secret ? { networks: nas, secret, requireMessageAuthenticator } : undefined;

/** What is missing before such a router can ask, in words. */
export const unasked = ({ nas, secret }: AsksByRadius): string[] => [
  ...(nas.length > 0
    ? []
    : ['`nas` is empty: no question by RADIUS is answered. Set the addresses from which the router asks.']),
  ...(secret ? [] : ['`secret` is not set: set the one that the router has for this RADIUS server.']),
];
