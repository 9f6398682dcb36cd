import { isIP } from 'node:net';
import type { AccessPoint } from '../../domain/gateway.js';
import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import type { Client, Session } from '../driver.js';
import type { Rows } from './account.js';
import { type Row, textOf } from './talk.js';

/** What the rows of the classic API say. */

interface Guest {
  mac: ClientMac;
  start: number;
  end: number;
  /** Rises with time: it is a MongoDB ObjectId. */
  id: string;
}

const macOf = (row: Row): ClientMac | undefined => parseMac(textOf(row.mac));

function guestIn(row: Row): Guest | undefined {
  const mac = macOf(row);
  const [start, end] = [Number(row.start), Number(row.end)];
  if (!mac || !Number.isFinite(start) || !Number.isFinite(end)) return undefined;
  return { mac, start, end, id: textOf(row._id) };
}

/**
 * What is in force of `stat/guest`, which is a history: each authorization adds a row to it, also for a client that has
 * one. Those made through the API only: Foyer's, and those of other programs that use it.
 */
export function sessionsIn({ rows, ahead }: Rows, now: number): Session[] {
  const latest = new Map<ClientMac, Guest>();
  for (const row of rows) {
    const guest = guestIn(row);
    if (!guest || row.authorized_by !== 'api' || row.expired === true || row.unauthorized_by) continue;
    if (guest.end * 1000 <= now + ahead) continue;
    const other = latest.get(guest.mac);
    // Not the one that ends last: a visit may have been shortened.
    const newer = !other || guest.start > other.start || (guest.start === other.start && guest.id > other.id);
    if (newer) latest.set(guest.mac, guest);
  }
  return [...latest.values()].map(({ mac, end }) => ({ mac, until: end * 1000 - ahead }));
}

/** Whoever has an address alone: a guest that takes another's must not pass for that one, nor that one for it. */
export function alone(clients: readonly Client[]): Client[] {
  const owners = new Map<string, Set<ClientMac>>();
  for (const { ip, mac } of clients) owners.set(ip, (owners.get(ip) ?? new Set()).add(mac));
  return clients.filter(({ ip }) => owners.get(ip)?.size === 1);
}

/** The guests of `stat/sta` that have an address. */
export function clientsIn({ rows }: Rows): Client[] {
  const guests = rows.flatMap((row) => {
    const mac = macOf(row);
    const ip = textOf(row.ip);
    return mac && isIP(ip) !== 0 && row.is_guest === true ? [{ mac, ip }] : [];
  });
  return alone(guests);
}

/** A name may be of any length and hold anything. */
const NAME_MOST = 64;

export function accessPoint(mac: ClientMac, given: unknown): AccessPoint {
  const name = textOf(given).replace(/\s+/g, ' ').trim().slice(0, NAME_MOST);
  return name === '' ? { mac } : { mac, name };
}

/** The access points of `stat/device`; a console with Wi-Fi of its own is one too. */
export function accessPointsIn({ rows }: Rows): AccessPoint[] {
  return rows.flatMap((row) => {
    const mac = macOf(row);
    const radios = Array.isArray(row.radio_table) && row.radio_table.length > 0;
    return mac && (row.type === 'uap' || radios) ? [accessPoint(mac, row.name)] : [];
  });
}
