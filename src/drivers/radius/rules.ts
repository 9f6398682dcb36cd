import type { RulesContext } from '../driver.js';
import type { RadiusFields } from './fields.js';
import { vendorOf } from './vendors.js';

/** Steps for the router. The secret is typed there by whoever knows it, and printed nowhere. */
export async function rules({
  gateway,
  fields,
  guestPort,
  portalUrl,
}: RulesContext<RadiusFields>): Promise<string> {
  const { label, steps } = vendorOf(fields.vendor);
  const origin = portalUrl?.replace(/\/$/, '') ?? `http://FOYER:${guestPort}`;
  const portal = `${origin}/enter/${gateway}`;
  const told = fields.disconnectPort !== 0;
  const filled = steps
    .filter((step) => told || !/\bDISCONNECT\b/.test(step))
    .map((step) =>
      step
        .replaceAll(/\bPORTAL\b/g, () => portal)
        .replaceAll(/\bDISCONNECT\b/g, String(fields.disconnectPort)),
    );
  return `${[
    `# ---- ${label}: authentication, MAC bypass and accounting by RADIUS`,
    '# FOYER is the address of this machine as the router reaches it; 1812 and 1813 are RADIUS_PORT and RADIUS_ACCOUNTING_PORT.',
    '# <the secret> is the field secret of the gateway. Let UDP 1812 and 1813 through to this machine, from the routers only.',
    ...(told ? [`# And UDP ${fields.disconnectPort} from this machine to the routers.`] : []),
    ...filled,
  ].join('\n')}\n`;
}
