import type { Driver, DriverContext } from '../driver.js';
import { radiusSide } from '../radius/side.js';
import { type AsksByRadius, unasked } from './radius-fields.js';

export interface ByRadiusOptions {
  /** What the router is called in messages. */
  name: string;
  /** What an admin is to know beside, in words. */
  notes?: readonly string[];
  /** It cannot be told of an end, whatever the fields say. */
  deaf?: boolean;
  /** Where it is told of an end, where that is not the address from which it asks. */
  disconnectHost?: string | undefined;
  /** It refuses a Disconnect-Request without a reason where it knows no such session. */
  bareRefusalIsAbsent?: boolean;
  /** Its accounting has the addresses of clients, and a redirect is proven by something else. */
  findsClients?: boolean;
}

/** A router that a visitor's browser logs in at, and that asks Foyer by RADIUS then: what it can be told is an end. */
export function connectByRadius(context: DriverContext<AsksByRadius>, options: ByRadiusOptions): Driver {
  const { fields } = context;
  const { name, notes = [], deaf = false, disconnectHost, bareRefusalIsAbsent, findsClients } = options;
  const missing = unasked(fields);
  const told = !deaf && fields.disconnectPort > 0 && fields.secret !== undefined;
  const { probe, ...side } = radiusSide(context, {
    name,
    secret: fields.secret ?? '',
    nas: fields.nas,
    disconnectHost,
    bareRefusalIsAbsent,
    findsClients,
    ...(told ? { disconnectPort: fields.disconnectPort } : {}),
  });
  return {
    ...side,
    async check() {
      const { reached, problems } = missing.length > 0 ? { reached: false, problems: [] } : await probe();
      // Nobody is let in by what is told here, so that nothing is lost where the router was started anew.
      return { ok: reached, epoch: 'radius', problems: [...missing, ...problems, ...notes] };
    },
  };
}
