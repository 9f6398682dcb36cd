import type { Handoff, HandoffOrder } from '../driver.js';
import { type PostbackFields, profileOf } from './fields.js';
import { parseHandle } from './redirect.js';

/** The form that a visitor's own browser sends to its router. Foyer sends nothing there. */
export function handoff(order: HandoffOrder, given: PostbackFields): Handoff | undefined {
  const { back, credential } = order;
  const login = parseHandle(order.handle, given);
  if (!login || !credential) return undefined;
  const { form, place } = profileOf(given);
  const url = new URL(login.address);
  const fields: Record<string, string> = {
    ...form.constants,
    ...login.carried,
    [form.username]: credential.username,
    [form.password]: credential.password,
    ...(form.back === undefined ? {} : { [form.back]: back }),
  };
  // Behind what the router wrote, which stays as it is.
  const more = new URLSearchParams(form.method === 'GET' ? fields : {});
  if ('query' in place && place.query) more.append(place.query.back, back);
  if (more.size > 0) url.search = `${url.search}${url.search === '' ? '?' : '&'}${more}`;
  return form.method === 'GET' ? { method: 'GET', url: url.href } : { method: 'POST', url: url.href, fields };
}
