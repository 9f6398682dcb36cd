import type { ClientMac } from '../../domain/id.js';
import {
  type AuthorizeOrder,
  type Driver,
  type DriverContext,
  DriverError,
  type Session,
  type Target,
} from '../driver.js';
import { shareReading } from '../sharing.js';
import { type Account, type AccountCall, createAccount } from './account.js';
import { createCheck } from './check.js';
import { createCuts } from './cuts.js';
import type { UnifiFields } from './fields.js';
import { accessPointsIn, clientsIn, sessionsIn } from './guests.js';
import { type Link, minutesUntil, TOLERANCE_MS, textOf } from './talk.js';

/** How far back grants are asked for. A session that lasts longer is told anew once in this time, which is no harm. */
const WITHIN_HOURS = 31 * 24;
const SITES_SHOWN = 10;

/** A controller by the API that its own pages use. */
export function connectAccount(
  context: DriverContext<UnifiFields>,
  link: Link,
  credential: { username: string; password: string },
): Driver {
  const { fields, now } = context;
  const cuts = createCuts(context);
  const account: Account = createAccount({ ...link, ...credential, now });
  const site = `/api/s/${fields.unifiSite}`;
  const read = (call: AccountCall) =>
    shareReading<void, Awaited<ReturnType<Account['ask']>>>(() => account.ask(call));
  const stations = read({ method: 'GET', path: `${site}/stat/sta` });
  const guests = read({ method: 'POST', path: `${site}/stat/guest`, json: { within: WITHIN_HOURS } });

  const sessions = async (): Promise<Session[]> => sessionsIn(await guests(), now());
  const clients = async () => clientsIn(await stations());

  /**
   * Tells the controller something about a client. UniFi OS with Network 6.1.67 did as it was told and then answered with
   * status 500 and a page of HTML: what is in force says whether it is so.
   */
  async function tell(json: object, mac: ClientMac, done: (session: Session | undefined) => boolean) {
    try {
      return await account.ask({ method: 'POST', path: `${site}/cmd/stamgr`, json: { ...json, mac } });
    } catch (error) {
      if (!(error instanceof DriverError) || error.code !== 'bad-answer') throw error;
      const found = await sessions().catch(() => undefined);
      if (!found || !done(found.find((session) => session.mac === mac))) throw error;
      return undefined;
    }
  }

  async function deauthorize({ mac }: Target): Promise<void> {
    await tell({ cmd: 'unauthorize-guest' }, mac, (session) => session === undefined);
  }

  async function authorize(order: AuthorizeOrder): Promise<void> {
    const { mac, until, via, limits } = order;
    if (until <= now()) return deauthorize(order);
    const minutes = minutesUntil(until, now());
    const near = (end: number | undefined): boolean =>
      end !== undefined && Math.abs(end - until) <= TOLERANCE_MS;
    const json = {
      cmd: 'authorize-guest',
      minutes,
      ...(limits.upKbps ? { up: limits.upKbps } : {}),
      ...(limits.downKbps ? { down: limits.downKbps } : {}),
      // Megabytes, whatever it is called.
      ...(limits.quotaMB ? { bytes: limits.quotaMB } : {}),
      // The access point that has the client is told at once.
      ...(via ? { ap_mac: via } : {}),
    };
    const made = await tell(json, mac, (session) => near(session?.until));
    // Old firmware and the cloud's relay do not say the end.
    const end = Number(made?.rows[0]?.end) * 1000 - (made?.ahead ?? 0);
    if (!Number.isNaN(end)) cuts.note(mac, until, end);
  }

  async function look(): Promise<string[]> {
    const { rows } = await account.ask({ method: 'GET', path: '/api/self/sites' });
    const own = rows.find(({ name }) => name === fields.unifiSite);
    if (!own) {
      const names = rows.map(({ name }) => textOf(name)).filter((name) => /^[\w-]{1,64}$/.test(name));
      const known = names.slice(0, SITES_SHOWN).join(', ');
      return [
        `UniFi has no site with the short name ${fields.unifiSite} for this account. ${known ? `It has: ${known}.` : 'It has none.'} Set the field unifiSite.`,
      ];
    }
    return own.role === 'readonly' && own.role_hotspot !== true
      ? [
          `The UniFi account may only read on site ${fields.unifiSite}: give it the role Site Admin, or Hotspot operator where there is one.`,
        ]
      : [];
  }

  return {
    authorize,
    deauthorize,
    sessions: async () => (await sessions()).map(cuts.shown),
    clients,
    findClient: async (ip) => (await clients()).find((client) => client.ip === ip),
    check: createCheck({
      look,
      accessPoints: async () =>
        accessPointsIn(await account.ask({ method: 'GET', path: `${site}/stat/device` })),
      now,
    }),
    close: link.close,
  };
}
