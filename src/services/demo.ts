import type { GatewayId, SiteId } from '../domain/id.js';
import type { GatewayRegistry } from './gateways.js';
import type { VisitService } from './visits.js';

export const DEMO_GATEWAY = 'demo' as GatewayId;
export const DEMO_VISIT = 'demo-visit';
const DEMO_MINUTES = 24 * 60;
/** A demo PIN that is printed works at least this long. */
const WORKS_FOR_MS = 60 * 60_000;

/** Where the demo gateway would send a device: a link for a browser on any machine that reaches the portal. */
export const demoLink = (portal: string): string =>
  `${portal}/enter/${DEMO_GATEWAY}?${new URLSearchParams({
    mac: '02:00:5e:00:53:01',
    ip: '127.0.0.1',
    url: 'http://example.com/',
  })}`;

export type Demo = ReturnType<typeof createDemo>;

/** The demo gateway and its visit: there until the first real gateway passes its test. */
export function createDemo(deps: {
  registry: GatewayRegistry;
  visits: VisitService;
  now: () => number;
  log: { info(data: object, message: string): void };
}) {
  const { registry, visits, now, log } = deps;
  return {
    /** Makes what is missing. The PIN of the demo visit, or undefined where a real gateway is configured. */
    async prepare(site: SiteId): Promise<string | undefined> {
      const gateways = registry.all();
      if (gateways.some((gateway) => gateway.kind !== 'demo')) return undefined;
      if (!registry.get(DEMO_GATEWAY)) await registry.put(site, DEMO_GATEWAY, { kind: 'demo' }, 'first-run');
      const shown = await visits.showPin(site, DEMO_VISIT);
      const visit = await visits.find(site, DEMO_VISIT);
      const works =
        visit?.hasToken &&
        visit.cancelledAt === undefined &&
        visit.terms.arrivalAt + visit.terms.durationMs > now() + WORKS_FOR_MS;
      if (shown && works) return shown.pin;
      if (visit) await visits.erase(site, DEMO_VISIT, 'first-run');
      const input = {
        name: 'Demo Visitor',
        expectedArrival: new Date(now()).toISOString(),
        durationMinutes: DEMO_MINUTES,
        maxDevices: 10,
      };
      const made = await visits.register(site, input, 'first-run', DEMO_VISIT);
      return made.status === 'registered' ? made.pin : undefined;
    },

    /** A real gateway passed its test: the demo gateway and visit go. */
    async retire(): Promise<void> {
      const gateway = registry.get(DEMO_GATEWAY);
      if (gateway?.kind !== 'demo') return;
      await visits.erase(gateway.site, DEMO_VISIT, 'first-gateway');
      await registry.remove(gateway.site, DEMO_GATEWAY, 'first-gateway');
      log.info({}, 'a gateway passed its test: the demo gateway and its visit are gone');
    },
  };
}
