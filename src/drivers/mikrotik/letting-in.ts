import { randomBytes } from 'node:crypto';
import { type AuthorizeOrder, type DriverContext, DriverError } from '../driver.js';
import { type Api, Refusal, type Row } from './api.js';
import { formatDuration, parseDuration } from './duration.js';
import { type MikrotikFields, profileOf } from './fields.js';
import { readMark, userName, wireMac, writeMark } from './marks.js';
import { ACTIVE, BINDING, idOf, type Menus, USER } from './menus.js';
import { createProfiles, rateOf } from './profiles.js';

/** Difference in seconds between the time that a login has left and what it is to have that is none: rounding, and the way there. */
const SLACK = 2;
const MEGABYTE = 1_000_000;
const AWAY = 'The device is not at the hotspot: it is let in when it comes again.';

/** Bytes in all; 0 is no limit. */
const quotaOf = ({ limits }: AuthorizeOrder): string => String((limits.quotaMB ?? 0) * MEGABYTE);

/**
 * Lets a device in: a hotspot user of its own, which it is logged in with from here. Nobody else ever learns the password.
 * Where that cannot be and the gateway has `binding`, an IP binding.
 */
export function createLettingIn(context: DriverContext<MikrotikFields>, api: Api, menus: Menus) {
  const { gateway, fields, now, log } = context;
  const profiles = createProfiles(api, profileOf(fields));

  const secondsLeft = ({ until }: AuthorizeOrder): number => Math.max(1, Math.ceil((until - now()) / 1000));
  const markOf = ({ until }: AuthorizeOrder, waits = false): string =>
    writeMark(gateway, { until, at: now(), waits });
  const isOurs = (row: Row): boolean => readMark(gateway, row.comment) !== undefined;

  /** Where there is one, the device is in by a binding: it stays so, with its new end. */
  async function bind(order: AuthorizeOrder, existing?: Row): Promise<void> {
    const comment = markOf(order);
    const mac = wireMac(order.mac);
    if (existing) return void (await api.set(BINDING, idOf(existing), { comment }));
    const server = fields.hotspot ?? 'all';
    await api.add(BINDING, { 'mac-address': mac, type: 'bypassed', server, comment });
    await lookAnew(order);
  }

  async function unbind(order: AuthorizeOrder, existing: Row): Promise<void> {
    await api.remove(BINDING, idOf(existing));
    await lookAnew(order);
  }

  /** The router looks at the bindings when it first sees a device. */
  async function lookAnew({ mac }: AuthorizeOrder): Promise<void> {
    for (const host of await menus.hosts.find(wireMac(mac))) await api.remove(menus.hosts.menu, idOf(host));
  }

  /** Gives a running login another end without a break, and says whether the router took it. */
  async function shift(order: AuthorizeOrder, user: Row, active: Row, profile: string): Promise<boolean> {
    const runs = parseDuration(active['session-time-left']);
    const limit = parseDuration(user['limit-uptime']);
    const quota = user['limit-bytes-total'] ?? '0';
    if (runs === undefined || limit === undefined) return false;
    if (user.profile !== profile || quota !== quotaOf(order)) return false;
    const off = secondsLeft(order) - runs;
    const right = Math.abs(off) <= SLACK;
    const same = readMark(gateway, user.comment)?.until === Math.ceil(order.until / 1000) * 1000;
    if (right && same) return true;
    const limitUptime = formatDuration(right ? limit : limit + off);
    await api.set(USER, idOf(user), { 'limit-uptime': limitUptime, comment: markOf(order) });
    if (right) return true;
    // Whether the end of a running login follows its user's depends on the router.
    const again = (await menus.active.find(wireMac(order.mac))).find((row) => row.user === active.user);
    return again !== undefined && isRight(order, again);
  }

  function isRight(order: AuthorizeOrder, active: Row): boolean {
    const runs = parseDuration(active['session-time-left']);
    return runs !== undefined && Math.abs(runs - secondsLeft(order)) <= SLACK;
  }

  /** Writes the user row. What it has used of time and volume stays on it. */
  async function write(order: AuthorizeOrder, values: Row, user: Row | undefined): Promise<void> {
    const limit = (row?: Row): Row => ({
      ...values,
      'mac-address': wireMac(order.mac),
      'limit-uptime': formatDuration((parseDuration(row?.uptime) ?? 0) + secondsLeft(order)),
      'limit-bytes-total': quotaOf(order),
    });
    if (user) return void (await api.set(USER, idOf(user), limit(user)));
    const name = userName(gateway, order.mac);
    try {
      await api.add(USER, { name, ...limit() });
    } catch (error) {
      // It is there already, whatever the list had said: a refusal proves nothing.
      const there = error instanceof Refusal ? await api.one(`${USER}/${name}`) : undefined;
      if (!there) throw error;
      if (!isOurs(there))
        throw new DriverError(
          'misconfigured',
          `MikroTik has a hotspot user ${name} without Foyer’s comment: remove it, Foyer makes its own.`,
        );
      await api.set(USER, idOf(there), limit(there));
    }
  }

  async function logIn(order: AuthorizeOrder, ips: readonly string[], password: string): Promise<void> {
    const user = userName(gateway, order.mac);
    for (const [n, ip] of ips.entries()) {
      try {
        await api.command(`${ACTIVE}/login`, { user, password, ip, 'mac-address': wireMac(order.mac) });
        return;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const rows = await menus.active.find(wireMac(order.mac));
        if (rows.some((row) => row.user === user)) return;
        // A device whose address the hotspot translates has two, and either may be the one that is meant.
        if (error.code !== 'absent' || n === ips.length - 1) throw error;
      }
    }
  }

  /** A new login, by a new password. */
  async function start(order: AuthorizeOrder, user: Row | undefined, host: Row, profile: string) {
    const password = randomBytes(16).toString('hex');
    const server = fields.hotspot ?? host.server ?? 'all';
    const ips = [...new Set([host['to-address'], host.address])].filter((ip) => ip !== undefined);
    await write(order, { password, server, profile, comment: markOf(order) }, user);
    try {
      await logIn(order, ips, password);
    } catch (error) {
      // Nobody is in by half: a user that was never logged in is of no use. One that was keeps what it has used.
      if (!user && error instanceof Refusal) await forget(order);
      throw error;
    }
    const name = userName(gateway, order.mac);
    return (await menus.active.find(wireMac(order.mac))).find((row) => row.user === name);
  }

  async function forget({ mac }: AuthorizeOrder): Promise<void> {
    const row = await api.one(`${USER}/${userName(gateway, mac)}`);
    if (row && isOurs(row)) await api.remove(USER, idOf(row));
  }

  async function logInAnew(order: AuthorizeOrder, user: Row | undefined, host: Row, profile: string) {
    const active = await start(order, user, host, profile);
    if (!active || isRight(order, active)) return;
    if (user && order.limits.quotaMB === undefined) {
      // The row counts its time otherwise than it says: a new one has nothing to count.
      await api.remove(ACTIVE, idOf(active));
      await forget(order);
      const again = await start(order, undefined, host, profile);
      if (!again || isRight(order, again)) return;
    }
    const left = active['session-time-left'] ?? 'no end';
    log.warn({ gateway, left, wanted: secondsLeft(order) }, 'the router gave a login another end');
  }

  /** Keeps on the router until when the device is to pass, so that the list of sessions holds it while it is away. */
  async function wait(order: AuthorizeOrder, user: Row | undefined, profile: string): Promise<never> {
    const password = randomBytes(16).toString('hex');
    const server = fields.hotspot ?? 'all';
    await write(order, { password, server, profile, comment: markOf(order, true) }, user);
    throw new DriverError('absent', AWAY);
  }

  async function byLogin(order: AuthorizeOrder): Promise<void> {
    const mac = wireMac(order.mac);
    const name = userName(gateway, order.mac);
    const [users, actives, hosts, profile] = await Promise.all([
      menus.users.find(name),
      menus.active.find(mac),
      menus.hosts.find(mac),
      profiles.of(order.limits),
    ]);
    const user = users.find(isOurs);
    const active = actives.find((row) => row.user === name);
    if (user && active && (await shift(order, user, active, profile))) return;
    if (!active && actives.length > 0)
      throw new DriverError(
        'absent',
        'The device is logged in at the hotspot by another way: it is let in when that is over.',
      );
    const host = hostOf(hosts, order.ips, fields.hotspot) ?? (active?.address ? active : undefined);
    if (!host && bindable(order)) throw new DriverError('absent', AWAY);
    if (!host) return wait(order, user, profile);
    if (active) await api.remove(ACTIVE, idOf(active));
    // What a login has used is written to its user when it ends.
    const used = active && user ? await api.one(`${USER}/${name}`) : user;
    return logInAnew(order, used, host, profile);
  }

  /** A binding holds no limit. */
  const bindable = ({ limits }: AuthorizeOrder): boolean =>
    fields.binding && rateOf(limits) === undefined && limits.quotaMB === undefined;

  return async function letIn(order: AuthorizeOrder): Promise<void> {
    if (!fields.binding) return byLogin(order);
    const existing = (await menus.bindings.find(wireMac(order.mac))).find(isOurs);
    if (existing && bindable(order)) return bind(order, existing);
    if (existing) await unbind(order, existing);
    try {
      await byLogin(order);
    } catch (error) {
      const refused = error instanceof Refusal || (error instanceof DriverError && error.message === AWAY);
      if (!refused || !bindable(order)) throw error;
      await bind(order);
    }
  };
}

/** The row of the address that the device is known by, else the one that it used last. */
function hostOf(hosts: readonly Row[], ips: readonly string[], hotspot?: string): Row | undefined {
  const idle = (row: Row): number => parseDuration(row['idle-time']) ?? 0;
  const known = (row: Row): boolean => ips.some((ip) => ip === row.address || ip === row['to-address']);
  return hosts
    .filter((row) => hotspot === undefined || row.server === undefined || row.server === hotspot)
    .toSorted((a, b) => Number(known(b)) - Number(known(a)) || idle(a) - idle(b))[0];
}
