import { randomBytes } from 'node:crypto';

declare const brand: unique symbol;
type Brand<T, B> = T & { readonly [brand]: B };

/** One site: its own visits, settings and gateways. `main` unless the operator adds more. */
export type SiteId = Brand<string, 'SiteId'>;
/** One configured router or controller, unique over all sites. */
export type GatewayId = Brand<string, 'GatewayId'>;
/** Lower-case, colon-separated hardware address of a client: `02:00:00:00:00:10`. */
export type ClientMac = Brand<string, 'ClientMac'>;
/** Keyed digest of a PIN (HMAC-SHA-256, 43 characters of base64url): the only form in which a PIN is looked up. */
export type PinDigest = Brand<string, 'PinDigest'>;

/** The site that every installation has; what concerns the whole installation stands in its log. */
export const MAIN_SITE = 'main' as SiteId;

const ID = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** 1 to 32 of `a-z 0-9 -`, not beginning or ending with a dash; undefined for anything else. */
export const parseSiteId = (text: string): SiteId | undefined =>
  ID.test(text) ? (text as SiteId) : undefined;

/** Same form as a site's id; undefined for anything else. */
export const parseGatewayId = (text: string): GatewayId | undefined =>
  ID.test(text) ? (text as GatewayId) : undefined;

const RECORD = /^[A-Za-z0-9_-]{1,64}$/;

/** The id of a visit, a grant, a key; undefined for what cannot be one and names nothing. */
export const parseRecordId = (text: string): string | undefined => (RECORD.test(text) ? text : undefined);

/** A random id for a record: 16 characters of base64url, 90 random bits. Begins with a letter, so that no command line takes it for an option. */
export const newId = (): string => `v${randomBytes(12).toString('base64url').slice(1)}`;
