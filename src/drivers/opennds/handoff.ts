import type { Handoff, HandoffOrder } from '../driver.js';
import type { OpenNdsFields } from './fields.js';
import { parseHandle } from './redirect.js';
import { customOf, rhidOf } from './tokens.js';

/** The link by which a visitor's own browser has itself let in. The slash before the query has to be there. */
export function handoff(order: HandoffOrder, { faskey }: OpenNdsFields): Handoff | undefined {
  const { mac, until, goodUntil, back } = order;
  const handle = parseHandle(order.handle);
  if (!handle) return undefined;
  const { hid, gateway } = handle;
  const query = [
    `tok=${rhidOf(hid, faskey)}`,
    `redir=${encodeURIComponent(back)}`,
    `custom=${customOf(mac, hid, { until, goodUntil }, faskey)}`,
  ];
  return { method: 'GET', url: `http://${gateway}/opennds_auth/?${query.join('&')}` };
}
