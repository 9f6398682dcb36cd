import type { SiteId } from '../domain/id.js';
import { wifiText } from '../domain/qr.js';
import type { Visit } from '../domain/visit.js';
import { windowOf } from '../domain/window.js';
import type { EventStore } from '../redis/events.js';
import { qrImage } from './qr.js';
import type { SettingsService } from './settings.js';
import type { VisitService } from './visits.js';

export const PRINTS = ['badge', 'sheet'] as const;
export type Print = (typeof PRINTS)[number];

/** Most visits of one printing. */
export const PRINTS_MOST = 500;

/** One visit as it is printed. Pictures are addresses (`data:`). */
export interface PrintedVisit {
  visit: Visit;
  /** When the Wi-Fi is open for it, where that is known by now. */
  window: { from: number; until: number } | undefined;
  /** The code that opens the portal for this visit; undefined where its PIN is over. */
  claim: { url: string; image: string } | undefined;
  /** Only where it was asked for. */
  pin: string | undefined;
}

export interface Printing {
  siteName: string;
  /** Where the desk is. */
  deskHint: string;
  /** Languages of the site by their tags, the first one for who has none. */
  languages: readonly string[];
  /** The Wi-Fi and the code that joins it; undefined where the site does not name it. */
  wifi: { ssid: string; password: string; image: string } | undefined;
  visits: PrintedVisit[];
}

export interface PrintDeps {
  visits: VisitService;
  settings: SettingsService;
  events: EventStore;
  portalOrigin: () => string;
  now: () => number;
}

export type PrintService = ReturnType<typeof createPrint>;

/** Badges and sheets of visits. */
export function createPrint({ visits, settings, events, portalOrigin, now }: PrintDeps) {
  async function printed(
    site: SiteId,
    visit: Visit,
    what: Print,
    withPin: boolean,
    by: string,
  ): Promise<PrintedVisit> {
    const shown = await visits.showPin(site, visit.id);
    if (shown) {
      // Before it is answered, so that no code goes out without a trace.
      await events.append(site, 'visit.printed', { visit: visit.id, what, by }, now());
      if (withPin) await events.append(site, 'pin.shown', { visit: visit.id, by }, now());
    }
    const url = shown && `${portalOrigin()}/claim/${shown.claim}`;
    return {
      visit,
      window: visit.hasToken ? windowOf(visit.terms, visit.startedAt) : undefined,
      claim: url === undefined ? undefined : { url, image: qrImage(url) },
      pin: withPin ? shown?.pin : undefined,
    };
  }

  return {
    /** The visits by these ids in this order, those that are gone or cancelled left out. */
    async byIds(site: SiteId, ids: readonly string[]): Promise<Visit[]> {
      const found = await Promise.all([...new Set(ids)].map((id) => visits.find(site, id)));
      return found.flatMap((visit) => (visit && visit.cancelledAt === undefined ? [visit] : []));
    },

    /** Who is expected on a day, by name. */
    async byDay(site: SiteId, day: { from: number; until: number }): Promise<Visit[]> {
      const found = await visits.onDay(site, day.from, day.until);
      return found
        .filter(({ cancelledAt, checkedOutAt }) => cancelledAt === undefined && checkedOutAt === undefined)
        .sort((a, b) => a.name.localeCompare(b.name));
    },

    /** What is printed of them. `withPin`: the PIN in digits too, logged as `pin.shown`. */
    async prepare(
      site: SiteId,
      chosen: readonly Visit[],
      { what, withPin }: { what: Print; withPin: boolean },
      by: string,
    ): Promise<Printing> {
      const { values } = await settings.read(site);
      const ssid = values['portal.ssid'];
      const password = values['portal.wifiPassword'];
      const hidden = values['portal.ssidHidden'];
      const pages: PrintedVisit[] = [];
      for (const visit of chosen.slice(0, PRINTS_MOST))
        pages.push(await printed(site, visit, what, withPin, by));
      return {
        siteName: values['site.name'],
        deskHint: values['portal.deskHint'],
        languages: values['portal.languages'],
        wifi:
          ssid === '' ? undefined : { ssid, password, image: qrImage(wifiText({ ssid, password, hidden })) },
        visits: pages,
      };
    },
  };
}
