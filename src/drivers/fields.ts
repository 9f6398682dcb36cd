import { Type } from 'typebox';

/** Fields that gateways with an API over HTTP have in common. */

/** The origin of a router's API. `example`: as an admin would type it. */
export const urlField = (description: string, example: string) =>
  Type.String({
    pattern: '^https?://[^\\s/?#@]+(?:/[^\\s?#]*)?$',
    maxLength: 200,
    description: `${description} For example ${example}.`,
  });

export const fingerprintField = Type.Optional(
  Type.String({
    pattern: '^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$',
    description:
      'SHA-256 fingerprint of its certificate, where no authority vouches for it: as the browser shows it, or as `foyer gateway test` says. Another certificate is refused then.',
  }),
);

export const secretField = (description: string) =>
  Type.String({ secret: true, minLength: 1, maxLength: 500, description });
