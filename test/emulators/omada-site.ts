import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import type { AuthorizeOrder, Driver } from '../../src/drivers/driver.js';
import type { OmadaFields } from '../../src/drivers/omada/fields.js';
import { omada } from '../../src/drivers/omada/index.js';
import { MAC, OTHER, PATIENCE_MS } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { testClock } from '../fixtures/runtime.js';
import { APP, OPERATOR, SITE_ID, startOmada } from './omada.js';

interface SiteOptions {
  /** The Open API is asked too. */
  app?: boolean;
  pinned?: boolean;
  fields?: Partial<OmadaFields>;
  patienceMs?: number;
}

/** A site with two guests who wait, and Foyer's driver connected to it. */
export async function startSite(t: Teardown, { app = false, pinned = false, ...given }: SiteOptions = {}) {
  const now = testClock();
  const controller = await startOmada(t, now, { tls: pinned });
  controller.meet(MAC);
  controller.meet(OTHER);
  const fields: OmadaFields = {
    url: controller.router.url,
    ...(controller.router.fingerprint ? { fingerprint: controller.router.fingerprint } : {}),
    siteId: SITE_ID,
    ...OPERATOR,
    ...(app ? APP : {}),
    ...given.fields,
  };
  const warnings: string[] = [];
  const driver = omada.connect({
    gateway: 'lobby' as GatewayId,
    fields,
    timeoutMs: given.patienceMs ?? PATIENCE_MS,
    now,
    guestPort: 8080,
    log: { info: () => undefined, warn: (_, message) => warnings.push(message) },
  });
  t.teardown(driver.close);

  /** What the client's last redirect brought, as the worker hands it on with every order. */
  const viaOf = (mac: ClientMac): { via?: string } => {
    const via = omada.parseRedirect(controller.redirectOf(mac), fields, '')?.via;
    return via === undefined ? {} : { via };
  };
  const order = (mac: ClientMac, forMs: number, more: Partial<AuthorizeOrder> = {}): AuthorizeOrder => ({
    mac,
    ips: [],
    until: now() + forMs,
    limits: {},
    ...viaOf(mac),
    ...more,
  });
  return { now, controller, fields, driver, order, viaOf, warnings };
}

/** The driver with the way of every client's last redirect in its orders. */
export const redirected = (driver: Driver, viaOf: (mac: ClientMac) => { via?: string }): Driver => ({
  ...driver,
  authorize: (order) => driver.authorize({ ...order, ...viaOf(order.mac) }),
});
