import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientMac } from '../../domain/id.js';
import { type AuthorizeOrder, type Client, type Driver, type DriverContext, DriverError } from '../driver.js';
import { shareReading } from '../sharing.js';
import { createApi, type ZoneSession } from './api.js';
import { check } from './check.js';
import type { OpnsenseFields } from './fields.js';

/** A device that has just come is in the router's tables within this time. */
const TRIES = 3;
const PAUSE_MS = 300;

/** How an attempt went. `unknown`: no table of the router has the client; `taken`: its address is another's session. */
type Outcome = 'in' | 'unknown' | 'taken';

export function connect(context: DriverContext<OpnsenseFields>): Driver {
  const { fields, now, log } = context;
  const api = createApi(context);
  const sessions = shareReading<void, ZoneSession[]>(api.sessions);
  const neighbours = shareReading<void, Client[]>(api.neighbours);

  const disconnectAll = (rows: readonly ZoneSession[]): Promise<unknown> =>
    Promise.all(rows.map(({ id }) => api.disconnect(id)));

  async function deauthorize({ mac }: { mac: ClientMac }): Promise<void> {
    const rows = await sessions();
    await disconnectAll(rows.filter(({ ours }) => ours === mac));
  }

  /** The router's table says where the client is, so that it is in that table before the order: an address from elsewhere would be let in unseen. */
  async function attempt({ mac, via, ips }: AuthorizeOrder): Promise<Outcome> {
    const [rows, table] = await Promise.all([sessions(), neighbours()]);
    const here = table.filter((client) => client.mac === mac).map(({ ip }) => ip);
    const own = rows.filter(({ ours }) => ours === mac);
    const good = own.find((row) => holds(row, mac, here, table));
    await disconnectAll(own.filter((row) => row !== good));
    if (good) return 'in';
    const hints = via === undefined ? ips : [via, ...ips];
    const ip = hints.find((hint) => here.includes(hint)) ?? here[0];
    if (ip === undefined) return 'unknown';
    return judge(await api.connect(ip, mac), mac);
  }

  /** What came of it: `connect` succeeds whether or not the router knows who has the address. */
  async function judge(row: ZoneSession, mac: ClientMac): Promise<Outcome> {
    if (row.ours === mac && row.mac === mac) return 'in';
    if (row.ours) {
      // Of a client that had the address before, or one that the router's loop will end since it did not know the MAC.
      await api.disconnect(row.id);
      return row.ours === mac ? 'unknown' : 'taken';
    }
    if (!row.always && row.mac !== mac) return 'taken';
    log.info(
      {},
      'a client passes already by a session of OPNsense that is not Foyer’s, which is left as it is',
    );
    return 'in';
  }

  async function authorize(order: AuthorizeOrder): Promise<void> {
    if (order.until <= now()) return deauthorize(order);
    for (let tried = 1; ; tried += 1) {
      const outcome = await attempt(order);
      if (outcome === 'in') return;
      if (tried === TRIES) throw outcome === 'taken' ? taken() : absent();
      await sleep(PAUSE_MS);
    }
  }

  return {
    authorize,
    deauthorize,

    async sessions() {
      const macs = (await sessions()).flatMap(({ ours }) => ours ?? []);
      return [...new Set(macs)].map((mac) => ({ mac }));
    },

    clients: neighbours,

    findClient: async (ip) => (await neighbours()).find((client) => client.ip === ip),

    check: () => check({ ...api, neighbours }, fields.zone),

    close: api.close,
  };
}

/** Whether a session lets this client pass where it is now. A phone that sleeps is in no table, and keeps its session. */
function holds(row: ZoneSession, mac: ClientMac, here: readonly string[], table: readonly Client[]): boolean {
  if (row.mac !== mac) return false;
  if (here.length > 0) return row.ips.some((ip) => here.includes(ip));
  return !table.some(({ ip }) => row.ips.includes(ip));
}

const absent = (): DriverError =>
  new DriverError(
    'absent',
    'OPNsense’s tables do not have this client, so that a session would end at once: it is let in when it comes again.',
  );

const taken = (): DriverError =>
  new DriverError(
    'busy',
    'The address of this client still has another one’s session in OPNsense, which ends it within seconds.',
  );
