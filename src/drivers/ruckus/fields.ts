import { type Static, Type } from 'typebox';
import { fingerprintField, secretField, urlField } from '../fields.js';

export const fields = Type.Object({
  controller: Type.Union([Type.Literal('smartzone'), Type.Literal('ruckus-one')], {
    default: 'smartzone',
    description:
      '`smartzone` (SmartZone and Virtual SmartZone), or `ruckus-one` (the cloud, which ends no session when told).',
  }),
  url: urlField(
    'The northbound portal interface, without /portalintf. No address in a redirect is ever called in its place.',
    'https://sz.example:9443 or https://TENANT.wispr.eu.ruckus.cloud',
  ),
  fingerprint: fingerprintField,
  username: Type.String({
    default: 'api',
    minLength: 1,
    maxLength: 64,
    description: 'RequestUserName of the northbound portal interface.',
  }),
  password: secretField('RequestPassword of the northbound portal interface.'),
  guestUsername: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        'Name of the one account that Foyer logs every guest in with, where the WLAN checks accounts (Local Database or RADIUS). Left out where it is set to Always Accept.',
    }),
  ),
  guestPassword: Type.Optional(
    secretField('Password of that account. No guest ever gets to know it: make it long.'),
  ),
});

export type RuckusFields = Static<typeof fields>;
