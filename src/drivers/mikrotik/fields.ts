import { type Static, Type } from 'typebox';
import { fingerprintField, secretField, urlField } from '../fields.js';

const name = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,60}$', description }));

export const fields = Type.Object({
  url: urlField(
    'Where the router’s REST API is: its service `www-ssl`. Without https everybody on the way reads the password.',
    'https://192.168.88.1',
  ),
  fingerprint: fingerprintField,
  username: Type.String({
    pattern: '^[^:\\s]{1,60}$',
    description:
      'A router user of its own for Foyer, in a group with the policies `read`, `write` and `rest-api`: `foyer gateway rules` prints both.',
  }),
  password: secretField('The password of that router user.'),
  hotspot: name(
    'Name of the one hotspot (`/ip/hotspot`) that this gateway is for. Empty: every hotspot of the router.',
  ),
  profile: name(
    'Name of the hotspot user profile that devices get: `foyer` where it is empty, as `foyer gateway rules` prints it.',
  ),
  binding: Type.Boolean({
    default: false,
    description:
      'Where the router refuses a login or does not see the device, let it in by an IP binding. The router itself does not end that, so while Foyer is not running such a device stays on. Not for visits with a rate or volume limit.',
  }),
});

export type MikrotikFields = Static<typeof fields>;

/** The user profile that the printed commands make. */
export const profileOf = ({ profile }: Pick<MikrotikFields, 'profile'>): string => profile ?? 'foyer';
