import { isIP } from 'node:net';
import type { ClientMac, GatewayId } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { type Client, DriverError, type Session } from '../driver.js';
import type { Api, Row } from './api.js';
import { parseDuration } from './duration.js';
import { readMark, userName } from './marks.js';
import { addressOf, type Menus } from './menus.js';

/** When the router was started, on Foyer's clock, in epoch milliseconds; late by up to a second. */
export async function bootedAt(api: Api, now: () => number): Promise<{ at: number; resource: Row }> {
  const resource = await api.one('/system/resource');
  const uptime = parseDuration(resource?.uptime);
  if (!resource || uptime === undefined)
    throw new DriverError('bad-answer', 'MikroTik does not say since when it runs: check the url.');
  return { at: now() - uptime * 1000, resource };
}

/**
 * What is in force: who is logged in by a user of ours or bypassed by a binding of ours, and whoever was since the router's
 * start and sleeps now, or is awaited. The latter is let in, without typing, when it shows itself again.
 */
export async function sessionsOf(
  gateway: GatewayId,
  api: Api,
  menus: Menus,
  now: () => number,
): Promise<Session[]> {
  const [users, logins, bindings, boot] = await Promise.all([
    menus.users.all(),
    menus.active.all(),
    menus.bindings.all(),
    bootedAt(api, now),
  ]);
  const loggedIn = new Set(logins.map((row) => row.user));
  const found = new Map<ClientMac, Session>();

  for (const row of users) {
    const mark = readMark(gateway, row.comment);
    const mac = mark && macIn(gateway, row.name);
    if (!mark || !mac) continue;
    const active = loggedIn.has(row.name);
    const slept = mark.waits || (parseDuration(row.uptime) ?? 0) > 0;
    // A start of the router logs out who was in, and does not write it down.
    const away = slept && mark.at >= boot.at && mark.until > now();
    if (active || away) found.set(mac, { mac, until: mark.until });
  }
  for (const row of bindings) {
    const mark = readMark(gateway, row.comment);
    const mac = mark && parseMac(row['mac-address'] ?? '');
    if (mark && mac) found.set(mac, { mac, until: mark.until });
  }
  return [...found.values()];
}

/** The device whose user has this name. */
function macIn(gateway: GatewayId, name = ''): ClientMac | undefined {
  const mac = parseMac(name.slice(-12));
  return mac && name === userName(gateway, mac) ? mac : undefined;
}

/** Who has which address. Who shares an address with another device is nobody that can be told. */
export function clientsIn(hosts: readonly Row[], hotspot: string | undefined): Client[] {
  const byIp = new Map<string, Set<ClientMac>>();
  for (const row of hosts) {
    const mac = parseMac(row['mac-address'] ?? '');
    const ip = addressOf(row);
    if (!mac || ip === undefined || isIP(ip) !== 4) continue;
    if (hotspot !== undefined && row.server !== undefined && row.server !== hotspot) continue;
    byIp.set(ip, (byIp.get(ip) ?? new Set()).add(mac));
  }
  return [...byIp].flatMap(([ip, macs]) => (macs.size === 1 ? [...macs].map((mac) => ({ mac, ip })) : []));
}
