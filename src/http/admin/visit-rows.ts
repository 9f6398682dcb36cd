import type { SiteId } from '../../domain/id.js';
import type { Visit } from '../../domain/visit.js';
import type { Runtime } from '../../runtime.js';
import { devicesOf } from '../../services/device-view.js';
import type { Words } from '../pages/times.js';
import { type Label, standingLabel, tokenLabel, tokenOf } from './visit-words.js';

/** One visit in a list. */
export interface VisitRow {
  id: string;
  name: string;
  host: string;
  arrivalAt: number;
  /** The day of the arrival is another one than the day that is shown. */
  otherDay: boolean;
  until: number | undefined;
  state: Label;
  token: Label;
  online: number;
  devices: number;
}

/** Rows of a list; `day`: the day that it is about, by the clock of `words`. */
export async function rowsOf(
  { stores, now }: Runtime,
  site: SiteId,
  visits: readonly Visit[],
  words: Words,
  day?: number,
): Promise<VisitRow[]> {
  const at = now();
  const held = await stores.grants.ofVisits(
    site,
    visits.flatMap(({ id, firstUseAt }) => (firstUseAt === undefined ? [] : [id])),
  );
  return visits.map((visit) => ({
    id: visit.id,
    name: visit.name,
    host: visit.host ?? '',
    arrivalAt: visit.terms.arrivalAt,
    otherDay: day === undefined || words.day(visit.terms.arrivalAt) !== words.day(day),
    until: visit.hasToken ? tokenOf(visit, at).until : undefined,
    state: standingLabel(visit, at),
    token: tokenLabel(visit, at),
    online: devicesOf(visit, held.get(visit.id) ?? [], at).filter(({ online }) => online).length,
    devices: visit.devices.length,
  }));
}
