import type { ClientMac } from '../../domain/id.js';
import { type AuthorizeOrder, type Driver, type DriverContext, DriverError, type Limits } from '../driver.js';
import type { Run } from '../nftables/run.js';
import { type ChilliFields, noticesOf } from './fields.js';
import { type ChilliClient, type ChilliSession, createChilliQuery } from './query.js';

/** The name under which chilli keeps, lists and accounts for what Foyer let in. */
const NAME = 'foyer';

const ours = ({ passes, username }: ChilliClient): boolean => passes && username === NAME;

/** Of a limit that is not set nothing is said. */
const limitsOf = ({ upKbps, downKbps, quotaMB }: Limits): Partial<ChilliSession> => ({
  ...(upKbps ? { maxbwup: upKbps * 1000 } : {}),
  ...(downKbps ? { maxbwdown: downKbps * 1000 } : {}),
  ...(quotaMB ? { maxoctets: quotaMB * 1_000_000 } : {}),
});

/** Foyer on the router itself: everything by chilli's own control program. */
export function connectHere(run: Run, context: DriverContext<ChilliFields>): Driver {
  const { fields, now, timeoutMs } = context;
  const chilli = createChilliQuery(run, fields.chilliQuery ?? '', timeoutMs);
  let deaths = 0;

  async function deauthorize({ mac }: { mac: ClientMac }): Promise<void> {
    if (!(await chilli.client('mac', mac))?.passes) return;
    await chilli.logout(mac);
    if ((await chilli.client('mac', mac))?.passes)
      throw new DriverError('bad-answer', 'chilli_query logout did not end this client: it still passes.');
  }

  async function authorize({ mac, until, limits }: AuthorizeOrder): Promise<void> {
    if (until <= now()) return deauthorize({ mac });
    const client = await chilli.client('mac', mac);
    if (!client) throw absent();
    const left = Math.ceil((until - now()) / 1000);
    const session = { username: NAME, ...limitsOf(limits) };
    // `authorize` would set the counters of a running session back, and with them its volume.
    if (client.passes && client.elapsed !== undefined)
      await chilli.update(mac, { ...session, sessiontimeout: client.elapsed + left });
    else await chilli.authorize(mac, { ...session, sessiontimeout: left });
    const seen = await chilli.client('mac', mac);
    // chilli says nothing of a client that has no address yet, and does not let it in.
    if (!seen || !ours(seen)) throw absent();
  }

  /** Whoever takes an address that another one has is listed too: by such an address nobody can be told. */
  async function clients() {
    const list = await chilli.devices();
    const owners = new Map<string, number>();
    for (const { ip } of list) owners.set(ip, (owners.get(ip) ?? 0) + 1);
    return list.filter(({ ip }) => owners.get(ip) === 1).map(({ mac, ip }) => ({ mac, ip }));
  }

  return {
    authorize,
    deauthorize,

    async sessions() {
      const passing = (await chilli.devices()).filter(({ passes }) => passes);
      if (passing.length === 0) return [];
      const rows = new Map<ClientMac, ChilliClient | 'doubtful'>();
      // Of two rows one was written by a visitor.
      for (const row of await chilli.rows()) rows.set(row.mac, rows.has(row.mac) ? 'doubtful' : row);
      const found = await Promise.all(
        passing.map(({ mac }) => {
          const row = rows.get(mac);
          return row && row !== 'doubtful' ? row : chilli.client('mac', mac);
        }),
      );
      return found
        .filter((client) => client !== undefined)
        .filter(ours)
        .map(({ mac, elapsed = 0, most = 0 }) => ({
          mac,
          ...(most === 0 ? {} : { until: now() + (most - elapsed) * 1000 }),
        }));
    },

    clients,

    async findClient(ip) {
      const client = await chilli.client('ip', ip);
      return client && { mac: client.mac, ip };
    },

    async check() {
      try {
        await chilli.devices();
      } catch (error) {
        // What it was told is gone with it: the worker compares again once it is back.
        if (error instanceof DriverError && error.code === 'unreachable') deaths += 1;
        throw error;
      }
      return { ok: true, epoch: `chilli ${deaths}`, problems: noticesOf(context) };
    },

    close: async () => undefined,
  };
}

const absent = (): DriverError =>
  new DriverError('absent', 'chilli does not list this client: it is let in when it is redirected again.');
