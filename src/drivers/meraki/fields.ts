import { type Static, Type } from 'typebox';
import { fingerprintField, secretField, urlField } from '../fields.js';

export const ACCEPTED = 'does not enforce the PIN';

export const fields = Type.Object({
  accept: Type.Literal(ACCEPTED, {
    description: `The words "${ACCEPTED}": a device can let itself in at Meraki without Foyer, and stays in until Foyer has seen and revoked it. Without them the gateway is off.`,
  }),
  apiKey: secretField(
    'Key of the Dashboard API, of an account that may write to this one network. Foyer revokes with it whoever has no grant.',
  ),
  networkId: Type.String({
    pattern: '^[LN]_[0-9]{1,30}$',
    description:
      'Id of the network, as `GET /organizations/{id}/networks` of the Dashboard API has it: N_24329156, or L_… of a combined one.',
  }),
  ssid: Type.Integer({
    minimum: 0,
    maximum: 14,
    description:
      'Number of the SSID of the guests, 0 to 14: its place in the list of the Dashboard, less one.',
  }),
  url: {
    ...urlField('The Dashboard API. Other regions have their own.', 'https://api.meraki.com/api/v1'),
    default: 'https://api.meraki.com/api/v1',
  },
  fingerprint: fingerprintField,
});

export type MerakiFields = Static<typeof fields>;
