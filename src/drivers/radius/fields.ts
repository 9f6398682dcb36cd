import { type Static, Type } from 'typebox';
import { parseNetwork } from '../../domain/gateway.js';
import { secretField } from '../fields.js';

/** What every kind has whose gateway asks by RADIUS. */
export const radiusFields = {
  nas: Type.Array(
    Type.Refine(
      Type.String(),
      (text) => parseNetwork(text) !== undefined,
      () => 'is not an address or network (192.0.2.10, 198.51.100.0/24)',
    ),
    {
      minItems: 1,
      maxItems: 100,
      description:
        'Addresses or networks from which the routers ask, as Foyer sees them: 192.0.2.10, 198.51.100.0/24. A packet from elsewhere is not answered.',
    },
  ),
  secret: secretField(
    'The shared secret, the same as on the router: 16 characters at least, made by `openssl rand -hex 16`.',
  ),
  requireMessageAuthenticator: Type.Boolean({
    default: true,
    description:
      'Answer only what is signed by a Message-Authenticator (CVE-2024-3596). Turn it off only for a router that has none, in a network where nobody listens.',
  }),
};

const parameter = (what: string) =>
  Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,40}$', description: what }));

export const fields = Type.Object({
  ...radiusFields,
  vendor: Type.Union(
    [
      Type.Literal('generic'),
      Type.Literal('mikrotik'),
      Type.Literal('cisco'),
      Type.Literal('aruba'),
      Type.Literal('ruckus'),
      Type.Literal('cambium'),
      Type.Literal('pfsense'),
    ],
    {
      default: 'generic',
      description:
        'Whose limits are answered with, and whose steps `gateway rules` prints: generic, mikrotik, cisco, aruba, ruckus, cambium, pfsense.',
    },
  ),
  disconnectPort: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3799,
    description:
      'UDP port on which the router takes Disconnect-Requests: 3799, on some 1700. 0 where it takes none: then it cannot be told of an end.',
  }),
  reauthenticate: Type.Union([Type.Literal('disconnect'), Type.Literal('coa')], {
    default: 'disconnect',
    description:
      'How the router is had to ask again after a PIN was typed: its session is ended, or it is told to look at it again (Cisco).',
  }),
  macParameter: parameter(
    'Name of the parameter with the client’s MAC in the router’s redirect. Left out: the usual ones are tried.',
  ),
  ipParameter: parameter('The same for the client’s address.'),
  urlParameter: parameter('The same for where the client wanted to go.'),
});

export type RadiusFields = Static<typeof fields>;
