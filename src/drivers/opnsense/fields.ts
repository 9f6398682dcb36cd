import { type Static, Type } from 'typebox';
import { fingerprintField, secretField, urlField } from '../fields.js';

export const fields = Type.Object({
  url: urlField('Where OPNsense’s web interface is, as Foyer reaches it.', 'https://192.168.1.1'),
  fingerprint: fingerprintField,
  apiKey: Type.String({
    // The router cuts the credential at its colons.
    pattern: '^[^:\\s]{1,200}$',
    description: 'The `key` of the API key file that OPNsense gave for the user of Foyer.',
  }),
  apiSecret: secretField('The `secret` of the same file.'),
  zone: Type.Integer({
    minimum: 0,
    maximum: 19,
    default: 0,
    description: 'The number of the captive portal zone, as its dialog shows it: 0 to 19.',
  }),
});

export type OpnsenseFields = Static<typeof fields>;
