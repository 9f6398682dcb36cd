import { randomBytes } from 'node:crypto';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import type { AccountedSession, Credential, DriverKind, Limits } from '../../src/drivers/driver.js';
import { type AccountingReport, createRadiusServer } from '../../src/drivers/radius/server.js';
import type { Teardown } from '../fixtures/redis.js';

const silent = { info: () => undefined, warn: () => undefined };

interface Given {
  password: string;
  mac: ClientMac;
  until: number;
  limits: Limits;
  /** By whom it was used: where a router asks again, it may be again by the same client. */
  used: boolean;
}

/** What the service does with Redis: credentials for one use by one device, and the sessions that were accounted for. */
export async function startBooks<F>(t: Teardown, kind: DriverKind<F>, fields: F, now: () => number) {
  const given = new Map<string, Given>();
  const accounted = new Map<string, AccountedSession>();
  const { radius } = kind;
  const nas = radius?.nas(fields);
  if (!radius || !nas) throw new Error('this gateway does not ask by RADIUS');
  const server = createRadiusServer({
    nasAt: () => [{ gateway: 'g' as GatewayId, nas }],
    async judge({ username, mac, verify }) {
      const known = given.get(username);
      if (!known || known.mac !== mac || known.until <= now() || !verify(known.password))
        return { accept: false, message: 'unknown' };
      if (known.used && !radius.reasks(fields)) return { accept: false, message: 'used' };
      known.used = true;
      const sessionSeconds = (known.until - now()) / 1000;
      return { accept: true, sessionSeconds, attributes: radius.accept(known.limits, fields) };
    },
    async account({ event, session }: AccountingReport) {
      if (event === 'on' || event === 'off') accounted.clear();
      if (!session) return;
      if (event === 'stop') accounted.delete(session.id);
      else accounted.set(session.id, session);
    },
    now,
    log: silent,
    rejectDelayMs: 0,
  });
  const ports = await server.listen({ host: '127.0.0.1', port: 0, accountingPort: 0 });
  t.teardown(server.close);
  return {
    ports,
    accounted: async () => [...accounted.values()],
    credential(mac: ClientMac, until: number, limits: Limits = {}): Credential {
      const username = `f-${randomBytes(6).toString('hex')}`;
      const password = randomBytes(7).toString('hex');
      given.set(username, { password, mac, until, limits, used: false });
      return { username, password };
    },
    /** Nobody is let in by this client's credentials any more. */
    revoke(mac: ClientMac): void {
      for (const [name, one] of given) if (one.mac === mac) given.delete(name);
    },
  };
}
