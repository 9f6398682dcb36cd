import type { SiteId } from '../../domain/id.js';
import { clockTime, dayAndTime, localOf } from '../../domain/local-time.js';
import type { SettingsService } from '../../services/settings.js';
import type { Texts } from './texts/catalogue.js';

/** Instants in the words of a site's clock. */
export interface SiteTimes {
  /** `10:00` today, `Tuesday 24 November, 10:00` on another day. */
  plain(at: number): string;
  /** The same with the word before it: `at 10:00`, `on Tuesday ...`. */
  when(at: number, texts: Texts): string;
}

export async function siteTimes(settings: SettingsService, site: SiteId, now: number): Promise<SiteTimes> {
  const { values } = await settings.read(site);
  const zone = values['site.timeZone'];
  const day = (at: number): string => localOf(at, zone).slice(0, 10);
  const today = (at: number): boolean => day(at) === day(now);
  const plain = (at: number): string => (today(at) ? clockTime(at, zone) : dayAndTime(at, zone));
  return { plain, when: (at, texts) => (today(at) ? texts.at(plain(at)) : texts.onDay(plain(at))) };
}
