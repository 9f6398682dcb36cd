import { type Static, Type } from 'typebox';
import type { DriverContext } from '../driver.js';
import { secretField } from '../fields.js';
import { radiusFields } from '../postback/radius-fields.js';

export const fields = Type.Object({
  uamServer: Type.String({
    // What the shell of chilli's own configuration passes on unharmed.
    pattern: '^https?://[A-Za-z0-9.:_\\[\\]-]+(?:/[A-Za-z0-9./_~%-]*)?(?:\\?[A-Za-z0-9./_~%=-]*)?$',
    maxLength: 250,
    description:
      'The router’s `uamserver` (`HS_UAMFORMAT`), letter for letter: chilli signs it. For example http://192.0.2.10/enter/lobby.',
  }),
  uamSecret: secretField(
    'The router’s `uamsecret` (`HS_UAMSECRET`). Make it long: `openssl rand -hex 24`. Redirects without its mark are refused.',
  ),
  ...radiusFields({
    nas: 'Addresses or networks from which chilli asks Foyer by RADIUS: 192.0.2.1, 198.51.100.0/24.',
    disconnectPort:
      'The router’s `coaport`, where it is told of an end that comes early. 0: it cannot be told.',
  }),
  chilliQuery: Type.Optional(
    Type.String({
      pattern: '^(?:/[^\\s/]+)*/chilli_query$',
      description:
        'Path of `chilli_query` where Foyer runs on the router itself: /usr/sbin/chilli_query. It ends in `chilli_query`. Everything then goes by it, and RADIUS is not needed.',
    }),
  ),
});

export type ChilliFields = Static<typeof fields>;

export type Mode = 'told' | 'disconnects' | 'browser';

/** How a gateway with these fields learns what is decided. */
export function modeOf({ chilliQuery, disconnectPort }: ChilliFields): Mode {
  if (chilliQuery) return 'told';
  return disconnectPort > 0 ? 'disconnects' : 'browser';
}

/** A secret that can be found by trying gives away how redirects are signed. */
const SECRET_LEAST = 16;

/** What an admin should know of these fields, in words. */
export const noticesOf = ({ gateway, fields }: Pick<DriverContext<ChilliFields>, 'gateway' | 'fields'>) => [
  ...(fields.uamSecret.length < SECRET_LEAST
    ? [
        'The uamsecret is short: whoever has seen one link of the router can find it by trying. Make a longer one.',
      ]
    : []),
  ...(new URL(fields.uamServer).pathname === `/enter/${gateway}`
    ? []
    : [`uamServer does not lead to /enter/${gateway}, where Foyer takes the guests of this gateway.`]),
];
