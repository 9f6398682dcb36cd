import { type Static, Type } from 'typebox';
import { DriverError } from '../driver.js';
import { fingerprintField, secretField, urlField } from '../fields.js';

export const fields = Type.Object({
  url: urlField(
    'Where UniFi answers: a console on port 443, UniFi OS Server on 11443, a self-hosted controller on 8443.',
    'https://192.168.1.1 or https://unifi.example:8443',
  ),
  fingerprint: fingerprintField,
  unifiSite: Type.String({
    pattern: '^[A-Za-z0-9_-]{1,64}$',
    default: 'default',
    description:
      'Short name of the site, as it stands in the address of the UniFi page: `default`, or eight letters and digits. Guests are sent to /guest/s/<this>/.',
  }),
  username: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        'A local admin account without a second factor, at least Site Admin of this site. Not a ui.com account. Either this with `password`, or `apiKey`.',
    }),
  ),
  password: Type.Optional(secretField('Its password.')),
  apiKey: Type.Optional(
    secretField(
      'A key of the Integration API, Network 9.1.105 or newer, instead of `username` and `password`.',
    ),
  ),
});

export type UnifiFields = Static<typeof fields>;

/** What the gateway is called with. */
export type Credential = { username: string; password: string } | { apiKey: string };

/** Throws `misconfigured` where it is not the one or the other. */
export function credentialOf({ username, password, apiKey }: UnifiFields): Credential {
  const either = 'Set either username and password, or apiKey';
  if (apiKey !== undefined) {
    if (username === undefined && password === undefined) return { apiKey };
    throw new DriverError(
      'misconfigured',
      `${either}, not both: an empty apiKey= or password= takes one away.`,
    );
  }
  if (username !== undefined && password !== undefined) return { username, password };
  const missing = username !== undefined ? 'password' : password !== undefined ? 'username' : undefined;
  throw new DriverError('misconfigured', missing ? `${either}: ${missing} is missing.` : `${either}.`);
}
