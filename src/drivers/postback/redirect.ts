import { isIP } from 'node:net';
import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';
import { hostsOf, type PostbackFields, profileOf } from './fields.js';
import type { Place, Profile } from './profiles.js';
import { allowed } from './targets.js';

type Query = Readonly<Record<string, string>>;

const QUERY_MOST = 4096;
const URL_MOST = 2048;
/** What a handle may have, so that it fits, sealed, into the addresses of our own pages. */
const HANDLE_MOST = 1024;

/** A host and nothing else, so that an address that is made with it has no other. */
const HOST = /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])$/;
/** What a router gives along: an address, a number, the name of a network. */
const CARRIED = /^[^\p{C}]{1,64}$/u;

const wordOf = (query: Query, name: string): string =>
  Object.hasOwn(query, name) ? (query[name] ?? '') : '';

const firstOf = (query: Query, names: readonly string[] = []): string =>
  names.map((name) => wordOf(query, name)).find((value) => value !== '') ?? '';

/** The address of the login as the redirect has it, not yet judged. */
function addressOf(place: Place, query: Query, raw: string, https: boolean): string | undefined {
  if ('address' in place) return wordOf(query, place.address);
  const host = wordOf(query, place.host) || (place.otherwise ?? '');
  const port = place.port && (wordOf(query, place.port.name) || place.port.otherwise);
  if (!HOST.test(host) || (port !== undefined && !/^\d{1,5}$/.test(port))) return undefined;
  const wanted = place.scheme ? wordOf(query, place.scheme) !== 'http' : https;
  const form = (wanted ? place.at.https : place.at.http) ?? place.at.https ?? place.at.http ?? '';
  const address = form.replace('{host}', () => host).replace('{port}', () => port ?? '');
  if (!place.query) return address;
  const { without } = place.query;
  // As it came: what is signed in it, or means something to the router only, is not written anew.
  const kept = raw.split('&').filter((part) => part !== '' && !without.includes(part.split('=')[0] ?? ''));
  return `${address}?${kept.join('&')}`;
}

/** Undefined where one of them is more than a router gives along. */
function carriedOf({ form }: Profile, query: Query): Record<string, string> | undefined {
  const pairs = Object.entries(form.carried ?? {})
    .map(([name, field]) => [field, wordOf(query, name)] as const)
    .filter(([, value]) => value !== '');
  return pairs.every(([, value]) => CARRIED.test(value)) ? Object.fromEntries(pairs) : undefined;
}

/** What is needed to log in: the address, and what goes along. */
export interface Login {
  address: string;
  carried: Record<string, string>;
}

const writeHandle = ({ address, carried }: Login): string => JSON.stringify([address, carried]);

/** Read again as strictly as the redirect was: the list of hosts may be another one by now. */
export function parseHandle(handle: string, given: PostbackFields): Login | undefined {
  const profile = profileOf(given);
  if (handle.length > HANDLE_MOST) return undefined;
  const value = parsed(handle);
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [text, pairs] = value as [unknown, unknown];
  if (typeof text !== 'string' || typeof pairs !== 'object' || pairs === null) return undefined;
  const address = allowed(text, profile, hostsOf(given));
  const known = new Set(Object.values(profile.form.carried ?? {}));
  const fits = Object.entries(pairs).every(
    ([name, value]) => known.has(name) && typeof value === 'string' && CARRIED.test(value),
  );
  return address !== undefined && fits ? { address, carried: { ...pairs } } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function parseRedirect(query: Query, given: PostbackFields, raw: string): RedirectClaim | undefined {
  if (raw.length > QUERY_MOST) return undefined;
  const profile = profileOf(given);
  const { names, place } = profile;
  const mac = parseMac(firstOf(query, names.mac));
  const ip = firstOf(query, names.ip);
  if (!mac || (ip !== '' && isIP(ip) === 0)) return undefined;
  const address = allowed(addressOf(place, query, raw, given.https) ?? '', profile, hostsOf(given));
  const carried = carriedOf(profile, query);
  if (address === undefined || carried === undefined) return undefined;
  const handle = writeHandle({ address, carried });
  if (handle.length > HANDLE_MOST) return undefined;
  const ap = parseMac(firstOf(query, names.ap));
  const [ssid, url] = [firstOf(query, names.ssid), firstOf(query, names.url)];
  const [name = '', value] = profile.passes ?? [];
  return {
    mac,
    ...(ip === '' ? {} : { ip }),
    ...(ap ? { ap } : {}),
    ...(ssid === '' || ssid.length > 64 ? {} : { ssid }),
    ...(url === '' || url.length > URL_MOST ? {} : { url }),
    handle,
    ...(value !== undefined && wordOf(query, name) === value ? { passes: true as const } : {}),
    ...(profile.refused?.[1].test(wordOf(query, profile.refused[0])) ? { refused: true as const } : {}),
    keyed: false,
  };
}
