import { DriverError, type Health } from '../driver.js';
import { type Api, Refusal, type Row } from './api.js';
import { parseDuration } from './duration.js';
import { type MikrotikFields, profileOf } from './fields.js';
import { PROFILE } from './menus.js';
import { bootedAt } from './sessions.js';

/** Another start than that of before, and no rounding of its uptime. */
const RESTART_MS = 15_000;
/** How the hotspot is set up is looked at less often than whether it is there. */
const LOOK_EVERY_MS = 60_000;

/** The hotspot as it is set up. `fatal`: nobody can be let in. */
interface Setup {
  fatal: string[];
  noted: string[];
  guestNetworks: string[];
}

const on = (value: string | undefined): boolean => value === 'true' || value === 'yes';

/** REST came with 7.1. What says something else than a number is new enough. */
function isTooOld(version = ''): boolean {
  const [, major = '7', minor = '1'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) < 7 || (Number(major) === 7 && Number(minor) < 1);
}

/** A network of an address with its prefix: `10.5.50.1/24` is in `10.5.50.0/24`. */
export function networkOf(address: string): string | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(address)?.slice(1).map(Number);
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = parts ?? [];
  if (!parts || [a, b, c, d].some((byte) => byte > 255) || prefix < 1 || prefix > 32) return undefined;
  const value = ((a << 24) | (b << 16) | (c << 8) | d) & (-1 << (32 - prefix));
  return `${[24, 16, 8, 0].map((bits) => (value >>> bits) & 255).join('.')}/${prefix}`;
}

export function createCheck(api: Api, fields: MikrotikFields, now: () => number): () => Promise<Health> {
  let boot: number | undefined;
  let epoch = '';
  let looked: { at: number; setup: Setup } | undefined;

  async function hotspots(): Promise<{ serving: Row[]; problems: string[] }> {
    const all = await api.rows('/ip/hotspot', ['name', 'interface', 'profile', 'disabled', 'invalid']);
    const ours = all.filter((row) => fields.hotspot === undefined || row.name === fields.hotspot);
    const serving = ours.filter((row) => !on(row.disabled) && !on(row.invalid));
    if (serving.length > 0) return { serving, problems: [] };
    const names = all.map((row) => row.name).join(', ');
    const missing =
      all.length === 0
        ? 'MikroTik has no hotspot: set one up with `/ip/hotspot/setup`.'
        : `MikroTik has no hotspot ${fields.hotspot}, but ${names}: set the field hotspot.`;
    const off = ours.some((row) => on(row.disabled))
      ? 'The hotspot is disabled: `/ip/hotspot/enable`.'
      : 'The hotspot is invalid: its interface is gone, or a port of a bridge.';
    return { serving, problems: [ours.length === 0 ? missing : off] };
  }

  /** Undefined where this RouterOS has no such mode: before 7.17 it kept nothing from a hotspot. */
  async function isBlocked(): Promise<boolean> {
    const mode = await api.one('/system/device-mode').catch((error: unknown) => {
      if (error instanceof Refusal) return undefined;
      throw error;
    });
    return mode?.hotspot === 'false' || mode?.hotspot === 'no';
  }

  async function setupOf(serving: readonly Row[]): Promise<Setup> {
    const base = profileOf(fields);
    // One after the other: by the one connection that is open already.
    const blocked = await isBlocked();
    const servers = await api.rows('/ip/hotspot/profile', ['name', 'login-by']);
    const profile = await api.one(`${PROFILE}/${base}`);
    const addresses = await api.rows('/ip/address', ['address', 'interface', 'disabled']);
    const fatal = [
      ...(blocked
        ? [
            'The device-mode of the router blocks hotspots: `/system/device-mode/update hotspot=yes`, then press its button or switch it off and on as it says.',
          ]
        : []),
      ...(profile
        ? []
        : [`There is no hotspot user profile ${base}: make it as \`foyer gateway rules\` prints it.`]),
    ];
    const ways = servers.filter(({ name }) => serving.some((row) => row.profile === name));
    const noted = ways.flatMap(({ name, 'login-by': by = '' }) => [
      ...(by.split(',').includes('http-pap')
        ? []
        : [
            `The server profile ${name} has login-by=${by || '-'}: without http-pap some routers refuse logins through the API. \`/ip/hotspot/profile/set ${name} login-by=http-pap\`.`,
          ]),
    ]);
    const networks = addresses
      .filter((row) => !on(row.disabled) && serving.some((one) => one.interface === row.interface))
      .flatMap((row) => networkOf(row.address ?? '') ?? []);
    return { fatal, noted: [...noted, ...habits(base, profile)], guestNetworks: [...new Set(networks)] };
  }

  async function setup(serving: readonly Row[]): Promise<Setup> {
    const fresh = looked && performance.now() - looked.at < LOOK_EVERY_MS;
    if (looked && fresh && looked.setup.fatal.length + looked.setup.noted.length === 0) return looked.setup;
    const found = await setupOf(serving);
    looked = { at: performance.now(), setup: found };
    return found;
  }

  return async function check() {
    try {
      const { at, resource } = await bootedAt(api, now);
      if (boot === undefined || Math.abs(at - boot) > RESTART_MS) epoch = `boot ${Math.round(at / 1000)}`;
      // Its clock goes faster or slower than ours, so that the instant wanders.
      boot = at;
      if (isTooOld(resource.version))
        return {
          ok: false,
          epoch,
          problems: [`RouterOS ${resource.version} is too old: Foyer needs 7.1 or later, best 7.9 or later.`],
        };
      const { serving, problems } = await hotspots();
      if (problems.length > 0) return { ok: false, epoch, problems };
      const { fatal, noted, guestNetworks } = await setup(serving);
      return { ok: fatal.length === 0, epoch, problems: [...fatal, ...noted], guestNetworks };
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      return { ok: false, epoch, problems: [error.message] };
    }
  };
}

/** What of a user profile makes devices come and go otherwise than was decided. */
function habits(name: string, profile: Row | undefined): string[] {
  if (!profile) return [];
  const set = (what: string): string => `\`/ip/hotspot/user/profile/set ${name} ${what}\`.`;
  // What the vendor has by default is not always said.
  const cookie = on(profile['add-mac-cookie'] ?? 'true');
  const timeouts = (['keepalive-timeout', 'idle-timeout'] as const).filter(
    (key) => parseDuration(profile[key]) !== undefined,
  );
  const session = parseDuration(profile['session-timeout']) ?? 0;
  return [
    ...(cookie
      ? [
          `The profile ${name} gives devices a cookie that logs them in past Foyer: ${set('add-mac-cookie=no')}`,
        ]
      : []),
    ...(timeouts.length > 0
      ? [
          `The profile ${name} logs sleeping devices out (${timeouts.join(', ')}): they come back by the portal, without typing. ${set(timeouts.map((key) => `${key}=none`).join(' '))}`,
        ]
      : []),
    ...(session > 0
      ? [`The profile ${name} ends every login after its session-timeout: ${set('session-timeout=0s')}`]
      : []),
  ];
}
