import type { ClientMac } from '../../src/domain/id.js';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Asked, startHttpRouter } from './http-router.js';
import { type Device, type Quirks, secondsIn, USUAL, wireDuration } from './mikrotik-quirks.js';
import { type Menu, type Row, restOf, Trap } from './mikrotik-rest.js';

/** A router with a hotspot, after the REST API of RouterOS 7.9 to 7.24. */

const SECOND = 1000;

export interface MikrotikOptions {
  now: () => number;
  tls?: boolean;
  username?: string;
  password?: string;
  quirks?: Partial<Quirks>;
}

export async function startMikrotik(t: Teardown, options: MikrotikOptions) {
  const { now, username = 'foyer', password = 'router-pass' } = options;
  const quirks: Quirks = { ...USUAL, ...options.quirks };
  const credential = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const asked: Asked[] = [];
  const devices = new Map<string, Device>();
  const profiles: Row[] = [
    {
      '.id': '*0',
      name: 'default',
      'shared-users': '1',
      'add-mac-cookie': 'true',
      'keepalive-timeout': '2m',
    },
    { '.id': '*1', name: 'foyer', 'shared-users': '1', 'add-mac-cookie': 'false', 'address-list': 'guests' },
  ];
  const servers: Row[] = [
    { '.id': '*1', name: 'hotspot1', interface: 'bridge-guests', profile: 'hsprof1', disabled: 'false' },
  ];
  const serverProfiles: Row[] = [{ '.id': '*1', name: 'hsprof1', 'login-by': 'http-pap' }];
  const addresses: Row[] = [
    { '.id': '*1', address: '10.5.0.1/16', interface: 'bridge-guests', disabled: 'false' },
    { '.id': '*2', address: '192.168.88.1/24', interface: 'bridge', disabled: 'false' },
  ];
  const users: Row[] = [];
  let active: Row[] = [];
  const bindings: Row[] = [];
  const cookies: Row[] = [];
  let flows: Row[] = [];
  let started = now();
  let ids = 16;
  const hostsRemoved: string[] = [];
  const moreHosts: Row[] = [];

  const nextId = (): string => `*${(ids++).toString(16).toUpperCase()}`;
  const hexOf = (ip: string): string =>
    `*${ip
      .split('.')
      .map((byte) => Number(byte).toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase()}`;
  const drop = (rows: Row[], row: Row): void => void rows.splice(rows.indexOf(row), 1);
  const profileOf = (name = 'default'): Row => profiles.find((row) => row.name === name) ?? {};
  const limitOf = (user: Row): number => secondsIn(user['limit-uptime'] ?? '0s');
  const usedMs = (row: Row): number => now() - Number(row._since);
  const userOf = (row: Row): Row | undefined => users.find(({ name }) => name === row.user);

  function logOut(row: Row, at = now()): void {
    active = active.filter((other) => other !== row);
    const user = userOf(row);
    if (user) user._used = String(Number(user._used ?? 0) + at - Number(row._since));
  }

  /** Time goes by. */
  function settle(): void {
    for (const row of active) {
      const user = userOf(row);
      const limit =
        quirks.follows && user ? limitOf(user) * SECOND - Number(row._before) : Number(row._limit);
      row._limit = String(limit);
      const device = devices.get(row['mac-address'] ?? '');
      const alive = secondsIn((profileOf(row._profile)['keepalive-timeout'] ?? 'none').replace('none', '0s'));
      const asleep = device?.asleepSince;
      if (limit > 0 && usedMs(row) >= limit) logOut(row, Number(row._since) + limit);
      else if (!device || (alive > 0 && asleep !== undefined && now() - asleep >= alive * SECOND))
        logOut(row, asleep === undefined ? now() : asleep + alive * SECOND);
    }
  }

  const bindingOf = (mac: string): Row | undefined =>
    bindings.find((row) => row['mac-address'] === mac && row.type === 'bypassed');

  /** Removed rows are back with the next packet of the device. */
  const hosts = (): Row[] => [
    ...moreHosts,
    ...[...devices.values()].map(({ mac, address, toAddress, server, asleepSince }) => ({
      '.id': hexOf(toAddress),
      'mac-address': mac,
      address,
      'to-address': toAddress,
      server,
      'idle-time': asleepSince === undefined ? '0s' : wireDuration(now() - asleepSince),
      authorized: String(active.some((row) => row['mac-address'] === mac)),
      ...(bindingOf(mac) ? { bypassed: 'true' } : {}),
    })),
  ];

  function shownUser(row: Row): Row {
    const running = active.find(({ user }) => user === row.name);
    const live = quirks.counts === 'live' && running ? usedMs(running) : 0;
    const shown = quirks.counts === 'unseen' ? 0 : Number(row._used ?? 0) + live;
    return { ...row, uptime: wireDuration(shown) };
  }

  function checkUser(values: Row): void {
    if (values.profile !== undefined && !profiles.some(({ name }) => name === values.profile))
      throw new Trap('input does not match any value of profile');
    const known = ['all', ...servers.map(({ name }) => name)];
    if (values.server !== undefined && !known.includes(values.server))
      throw new Trap('input does not match any value of server');
    if (values['limit-uptime'] !== undefined) secondsIn(values['limit-uptime']);
  }

  function logIn(values: Row): void {
    if (!quirks.write) throw new Trap('not enough permissions (9)', 500);
    const { user: name, password: given, ip = '', 'mac-address': mac = '' } = values;
    if (quirks.loginRefusal !== undefined) throw new Trap(`failure: ${quirks.loginRefusal}`);
    const host = hosts().find((row) => row[quirks.loginBy] === ip);
    if (!host) throw new Trap(`unknown host IP ${ip}`);
    if (host['mac-address'] !== mac) throw new Trap('wrong MAC provided');
    const user = users.find((row) => row.name === name);
    if (!user || user.password !== given) throw new Trap('failure: invalid username or password');
    const by = serverProfiles.find((row) => row.name === servers[0]?.profile)?.['login-by'] ?? '';
    if (!by.includes('http-pap')) throw new Trap('failure: invalid username or password');
    if (user['mac-address'] && user['mac-address'] !== mac)
      throw new Trap(`failure: user ${name} is not allowed to log in from this MAC address`);
    const before = Number(user._used ?? 0);
    const limit = limitOf(user) * SECOND;
    if (limit > 0 && before >= limit) throw new Trap(`failure: user ${name} has reached uptime limit`);
    const quota = Number(user['limit-bytes-total'] ?? 0);
    if (quota > 0 && Number(user['bytes-in'] ?? 0) >= quota)
      throw new Trap(`failure: user ${name} has reached traffic limit`);
    const others = active.filter((row) => row['mac-address'] !== mac);
    const shared = others.filter((row) => row.user === name).length;
    if (shared >= Number(profileOf(user.profile)['shared-users'] ?? 1))
      throw new Trap(`failure: no more sessions are allowed for user ${name}`);
    if (others.length >= quirks.licence) throw new Trap('failure: session limit reached');
    for (const row of active.filter((row) => row['mac-address'] === mac)) logOut(row);
    active.push({
      '.id': hexOf(ip),
      user: String(name),
      server: host.server ?? '',
      address: host['to-address'] ?? '',
      'mac-address': mac,
      'login-by': 'http-pap',
      _since: String(now()),
      _before: String(before),
      _limit: String(limit === 0 ? 0 : limit - before),
      _profile: user.profile ?? 'default',
    });
    if (profileOf(user.profile)['add-mac-cookie'] === 'true')
      cookies.push({ '.id': nextId(), user: String(name), 'mac-address': mac, 'expires-in': '3d' });
  }

  const list = (rows: () => Row[]): Menu => ({ readOnly: true, parameters: [], rows });
  const menus: Record<string, Menu> = {
    '/system/resource': {
      ...list(() => [{ version: quirks.version, uptime: wireDuration(now() - started), 'cpu-load': '3' }]),
      single: true,
    },
    '/ip/hotspot': list(() => servers),
    '/ip/hotspot/profile': list(() => serverProfiles),
    '/ip/address': list(() => addresses),
    '/ip/hotspot/host': {
      ...list(hosts),
      remove: (row) => void hostsRemoved.push(row['mac-address'] ?? ''),
    },
    '/ip/hotspot/active': {
      ...list(() =>
        active.map((row) => ({
          ...row,
          uptime: wireDuration(usedMs(row)),
          'session-time-left': row._limit === '0' ? '' : wireDuration(Number(row._limit) - usedMs(row)),
        })),
      ),
      remove: (row) => {
        const found = active.find((other) => other['.id'] === row['.id']);
        if (found) logOut(found);
      },
      commands: { login: logIn },
    },
    '/ip/hotspot/user': {
      parameters: [
        'name',
        'password',
        'server',
        'profile',
        'mac-address',
        'limit-uptime',
        'limit-bytes-total',
        'comment',
        'disabled',
      ],
      rows: () => users.map(shownUser),
      add: (values) => {
        checkUser(values);
        const twice = users.some(({ name, server }) => name === values.name && server === values.server);
        if (twice) throw new Trap('failure: already have user with this name for this server');
        const row = { '.id': nextId(), profile: 'default', ...values };
        users.push(row);
        return row;
      },
      set: ({ '.id': id }, values) => {
        checkUser(values);
        Object.assign(users.find((row) => row['.id'] === id) ?? {}, values);
      },
      // Who is logged in by it stays so.
      remove: ({ '.id': id }) => {
        const row = users.find((row) => row['.id'] === id);
        if (row) drop(users, row);
      },
    },
    '/ip/hotspot/user/profile': {
      parameters: [
        'name',
        'rate-limit',
        'shared-users',
        'add-mac-cookie',
        'address-list',
        'idle-timeout',
        'keepalive-timeout',
      ],
      rows: () => profiles,
      add: (values) => {
        if (profiles.some(({ name }) => name === values.name))
          throw new Trap('failure: profile with the same name already exists');
        const row = { '.id': nextId(), ...values };
        profiles.push(row);
        return row;
      },
    },
    '/ip/hotspot/ip-binding': {
      // No timeout.
      parameters: ['mac-address', 'address', 'to-address', 'server', 'type', 'comment', 'disabled'],
      rows: () => bindings,
      add: (values) => {
        const row = { '.id': nextId(), ...values };
        bindings.push(row);
        return row;
      },
      set: (row, values) => void Object.assign(row, values),
      remove: (row) => drop(bindings, row),
    },
    '/ip/hotspot/cookie': {
      parameters: [],
      rows: () => cookies,
      remove: (row) => drop(cookies, row),
    },
    '/ip/firewall/connection': {
      ...list(() => flows),
      remove: (row) => {
        flows = flows.filter((other) => other !== row);
        if (row._ended) throw new Trap('', 404);
      },
    },
    get '/system/device-mode'(): Menu {
      if (quirks.deviceMode === undefined) throw new Trap('no such command or directory (device-mode)');
      return { ...list(() => [{ mode: 'advanced', hotspot: quirks.deviceMode ?? '' }]), single: true };
    },
  };

  const rest = restOf({
    menus,
    admits: (authorization) => authorization === credential && !quirks.wrongSource,
    may: (policy) => policy === 'read' || quirks.write,
    pathIds: () => quirks.pathIds,
    addStatus: () => quirks.addStatus,
    silent: () => quirks.silent,
    before: settle,
    hides: (menu) => quirks.emptyList && ['/ip/hotspot/user', '/ip/hotspot/active'].includes(menu),
    deceives: (command) => {
      if (quirks.deceives !== command) return false;
      quirks.deceives = undefined;
      return true;
    },
  });

  const router = await startHttpRouter(
    t,
    async (call) => {
      asked.push(call);
      if (quirks.takesMs > 0) await new Promise((resolve) => setTimeout(resolve, quirks.takesMs));
      return rest(call);
    },
    { tls: options.tls ?? false },
  );

  const gateway: Misbehaviour = {
    ...router.misbehaviour,
    // What is configuration stays: users and bindings.
    reboot: () => {
      started = now();
      active = [];
      flows = [];
    },
    emptyList: (on) => {
      quirks.emptyList = on;
    },
    inForce: (mac) => {
      settle();
      const wire = mac.toUpperCase();
      return active.filter((row) => row['mac-address'] === wire).length + (bindingOf(wire) ? 1 : 0);
    },
  };

  return {
    get url() {
      return router.url;
    },
    get fingerprint() {
      return router.fingerprint;
    },
    credential: { username, password },
    gateway,
    quirks,
    /** Every call, as it came. */
    asked,
    users,
    bindings,
    cookies,
    profiles,
    servers,
    serverProfiles,
    hostsRemoved,
    /** Rows of the host table beyond one for each device. */
    moreHosts,
    active: () => active,
    flows: () => flows.map((row) => row['src-address']),
    /** A flow that the router tracks. */
    flow(from: string, { ends = false } = {}): void {
      const row = { '.id': nextId(), 'src-address': from, 'dst-address': '198.51.100.1:443' };
      flows.push(ends ? { ...row, _ended: 'between the list and its removal' } : row);
    },
    /** A device comes to the guest network, or sends something again. */
    join(mac: ClientMac, more: Partial<Device> = {}): string {
      settle();
      const n = devices.size;
      const address = `10.5.${Math.floor(n / 250)}.${(n % 250) + 2}`;
      const wire = mac.toUpperCase();
      const device = devices.get(wire) ?? { mac: wire, address, toAddress: address, server: 'hotspot1' };
      devices.set(wire, { ...device, ...more, asleepSince: undefined });
      return devices.get(wire)?.toAddress ?? '';
    },
    sleep(mac: ClientMac): void {
      const device = devices.get(mac.toUpperCase());
      if (device) device.asleepSince = now();
    },
    leave(mac: ClientMac): void {
      devices.delete(mac.toUpperCase());
      settle();
    },
    /** Somebody else's voucher. */
    admitElsewhere(mac: ClientMac, name = 'voucher-1'): void {
      const server = servers[0]?.name ?? '';
      users.push({ '.id': nextId(), name, password: 'x', server, profile: 'default', comment: 'front desk' });
      const device = devices.get(mac.toUpperCase());
      logIn({
        user: name,
        password: 'x',
        ip: device?.[quirks.loginBy === 'address' ? 'address' : 'toAddress'] ?? '',
        'mac-address': mac.toUpperCase(),
      });
    },
  };
}
