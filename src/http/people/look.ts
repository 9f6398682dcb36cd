import type { FastifyRequest } from 'fastify';
import type { SiteId } from '../../domain/id.js';
import type { Settings } from '../../domain/settings.js';
import type { Runtime } from '../../runtime.js';
import { chosenLanguage } from '../guest/look.js';
import { offered, type Texts, textsFor } from '../guest/texts/catalogue.js';
import { type Times, timesOf } from '../guest/times.js';
import { text } from '../pages/form.js';
import { type PeopleTexts, peopleTexts } from './texts/catalogue.js';

/** How the pages of a site look to this reader: its name and colour, the reader's language, the site's clock. */
export interface PeopleLook {
  site: SiteId;
  values: Settings;
  name: string;
  theme: string;
  /** What all pages for visitors say, and what only these do. */
  guest: Texts;
  texts: PeopleTexts;
  /** The other languages that can be chosen. */
  others: readonly Texts[];
  times: Times;
}

/** The language that was chosen travels in addresses and forms, since the next visitor has another. */
const chosen = (request: FastifyRequest): string | undefined =>
  text(request.body, 'lang') || chosenLanguage(request);

export async function peopleLook(
  runtime: Runtime,
  request: FastifyRequest,
  site: SiteId,
): Promise<PeopleLook> {
  const { values, version } = await runtime.services.settings.read(site);
  const languages = offered(values['portal.languages']);
  const guest = textsFor(languages, chosen(request), request.headers['accept-language']);
  return {
    site,
    values,
    name: values['site.name'] || guest.noName,
    theme: `/theme.css?site=${site}&v=${version}`,
    guest,
    texts: peopleTexts(guest.lang),
    others: languages.filter(({ lang }) => lang !== guest.lang),
    times: timesOf({ texts: guest, zone: values['site.timeZone'] }, runtime.now()),
  };
}
