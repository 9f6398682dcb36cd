import { type Static, Type } from 'typebox';
import { fingerprintField, secretField, urlField } from '../fields.js';

export const fields = Type.Object({
  url: urlField(
    'Address of the Omada controller, as the browser has it for the Hotspot Manager: port 8043 of the software controller, 443 of an OC200 or OC300.',
    'https://192.0.2.10:8043',
  ),
  fingerprint: fingerprintField,
  siteId: Type.String({
    pattern: '^[0-9A-Fa-f]{24}$',
    description:
      'Id of the site, 24 hexadecimal digits: what `site=` says in the address of the page that a guest’s browser is sent to. One gateway is one site.',
  }),
  username: Type.String({
    minLength: 1,
    maxLength: 128,
    description:
      'Name of an operator of this site: Hotspot Manager, Operators. Not an account of the controller.',
  }),
  password: secretField('The operator’s password.'),
  clientId: Type.Optional(
    Type.String({
      pattern: '^[0-9A-Za-z_-]{1,128}$',
      description:
        'Client ID of an Open API app of mode Client Credentials, for asking who has which address. Without it `trust` has to be `redirect`.',
    }),
  ),
  clientSecret: Type.Optional(secretField('Client Secret of that app.')),
});

export type OmadaFields = Static<typeof fields>;

/** What the Open API is asked with; undefined where it is not asked. */
export function appOf({ clientId, clientSecret }: OmadaFields): { id: string; secret: string } | undefined {
  return clientId && clientSecret ? { id: clientId, secret: clientSecret } : undefined;
}
