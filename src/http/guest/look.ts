import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { SiteId } from '../../domain/id.js';
import type { Settings } from '../../domain/settings.js';
import { paragraphsOf } from '../../domain/terms.js';
import { type WalkInOptions, type WalkInSettings, walkInOptions } from '../../domain/walk-in.js';
import type { SettingsService } from '../../services/settings.js';
import { type PeopleTexts, peopleTexts } from '../people/texts/catalogue.js';
import type { Chunks } from './chunks.js';
import { offered, type Texts, textsFor } from './texts/catalogue.js';
import { styleSheet } from './theme.js';

/** How the pages of a site look in one language, for as long as its settings stay as they are. */
export interface Look {
  texts: Texts;
  /** The languages that can be chosen. */
  languages: readonly Texts[];
  /** Of the site's clock. */
  zone: string;
  /** Whose network it is. */
  name: string;
  /** Below the name; `''` for none. */
  welcome: string;
  /** Where the desk is; `''` for none. */
  desk: string;
  /** A `data:` address; `''` for none. */
  logo: string;
  /** The paragraphs of the terms of use; none where there are none. */
  terms: readonly string[];
  /** Their number; 0 where there are none. */
  termsVersion: number;
  /** What the form for visitors without a PIN offers; undefined where there is none. */
  walkIn: WalkInOptions | undefined;
  /** The texts that these pages share with the check-in desk. */
  people: PeopleTexts;
  css: string;
  /** The digest by which the policy of contents allows the style sheet. */
  cssHash: string;
  /** The pages that were rendered for it, by their keys. */
  rendered: Map<string, Chunks>;
}

export interface SiteLooks {
  version: number;
  termsVersion: number;
  zone: string;
  in(chosen: string | undefined, acceptLanguage: string | undefined): Look;
}

export type BrandSettings = Pick<
  Settings,
  | 'site.name'
  | 'site.timeZone'
  | 'portal.welcome'
  | 'portal.deskHint'
  | 'portal.accent'
  | 'portal.logo'
  | 'portal.terms'
  | 'portal.languages'
> &
  WalkInSettings;

/** Every look of a site with these settings. */
export function siteLooks(values: BrandSettings, version: number, termsVersion = 0): SiteLooks {
  const languages = offered(values['portal.languages']);
  const css = styleSheet(values['portal.accent']);
  const cssHash = createHash('sha256').update(css).digest('base64');
  const zone = values['site.timeZone'];
  const made = new Map<string, Look>();

  function make(texts: Texts): Look {
    return {
      texts,
      languages,
      zone,
      name: values['site.name'] || texts.noName,
      welcome: values['portal.welcome'],
      desk: values['portal.deskHint'],
      logo: values['portal.logo'],
      terms: paragraphsOf(values['portal.terms']),
      termsVersion,
      walkIn: walkInOptions(values, 'portal'),
      people: peopleTexts(texts.lang),
      css,
      cssHash,
      rendered: new Map(),
    };
  }

  return {
    version,
    termsVersion,
    zone,
    in(chosen, acceptLanguage) {
      const texts = textsFor(languages, chosen, acceptLanguage);
      const look = made.get(texts.lang) ?? make(texts);
      made.set(texts.lang, look);
      return look;
    },
  };
}

/** The looks of all sites, made anew where settings have changed. `unnamed`: the settings of a page whose site is not known. */
export function createLooks(settings: SettingsService, unnamed: BrandSettings) {
  const nobody = siteLooks(unnamed, 0);
  const bySite = new Map<SiteId, SiteLooks>();

  /** From memory only: for pages that are shown while Redis is away. */
  const remembered = (site: SiteId | undefined): SiteLooks =>
    (site === undefined ? undefined : bySite.get(site)) ?? nobody;

  return {
    remembered,
    async read(site: SiteId | undefined): Promise<SiteLooks> {
      if (site === undefined) return nobody;
      const { version, values, terms } = await settings.read(site);
      const known = bySite.get(site);
      const same = known?.version === version && known.termsVersion === terms;
      if (same && known.zone === values['site.timeZone']) return known;
      const looks = siteLooks(values, version, terms);
      bySite.set(site, looks);
      return looks;
    },
  };
}

/** The language that was chosen on a page. */
export const chosenLanguage = (request: FastifyRequest): string | undefined => {
  // A path that cannot be decoded leaves no query.
  const { lang } = (request.query ?? {}) as { lang?: unknown };
  return typeof lang === 'string' ? lang : undefined;
};
