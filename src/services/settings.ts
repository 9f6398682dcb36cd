import type { SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Sealing } from '../domain/sealing.js';
import { DEFAULTS, parseSettings, SECRET_SETTINGS, type Settings } from '../domain/settings.js';
import type { SettingsStore } from '../redis/settings.js';
import { processLogo } from './logo.js';

export interface SiteSettings {
  version: number;
  values: Settings;
  /** The number of the terms of use among them; 0 where there are none. */
  terms: number;
}

export type SavedSettings =
  | ({ status: 'saved' } & SiteSettings)
  | { status: 'invalid'; problems: FieldProblem[] }
  | ({ status: 'conflict' } & SiteSettings);

export type SettingsService = ReturnType<typeof createSettings>;

export interface SettingsDeps {
  store: SettingsStore;
  sealing: Sealing;
  /** The zone of a site that has not chosen one: this machine's. */
  machineZone: string;
  /** Tags of the languages that guest pages are there in. */
  languages: readonly string[];
  announce: () => Promise<void>;
  now: () => number;
}

/** How often a change that takes whatever is there is tried again when somebody else came between. */
const TRIES = 20;

export function createSettings({ store, sealing, machineZone, languages, announce, now }: SettingsDeps) {
  /** Every secret that is set, by the way there or back. */
  const mapSecrets = (
    site: SiteId,
    values: Readonly<Record<string, unknown>>,
    turn: (binding: string, value: unknown) => unknown,
  ): Record<string, unknown> => {
    const turned: Record<string, unknown> = { ...values };
    for (const name of SECRET_SETTINGS) {
      const value = values[name];
      if (value !== undefined && value !== '') turned[name] = turn(`${site} ${name}`, value);
    }
    return turned;
  };

  const seal = (binding: string, value: unknown): unknown => ({
    sealed: sealing.seal('setting', binding, String(value)),
  });

  /** A plain text was kept before secrets were sealed; the next change seals it. */
  const open = (binding: string, kept: unknown): unknown =>
    typeof kept === 'string'
      ? (sealing.unseal('setting', binding, kept) ?? kept)
      : (sealing.unseal('setting', binding, (kept as { sealed: string }).sealed) ?? '');

  async function stored(site: SiteId) {
    const { values, ...others } = await store.read(site);
    return { ...others, values: mapSecrets(site, values, open) };
  }

  /** What of a change has to be looked at more closely than a value alone allows: the picture, and which languages there are. */
  async function prepare(patch: unknown): Promise<{ patch: unknown; problems: FieldProblem[] }> {
    const prepared: Record<string, unknown> = { ...(patch ?? {}) };
    const problems: FieldProblem[] = [];
    const { 'portal.logo': logo, 'portal.languages': tags } = prepared;
    if (typeof logo === 'string' && logo !== '') {
      const processed = await processLogo(logo);
      if (processed.ok) prepared['portal.logo'] = processed.logo;
      else problems.push({ field: 'portal.logo', message: processed.message });
    }
    const unknown = Array.isArray(tags) ? tags.filter((tag) => !languages.includes(tag)) : [];
    if (unknown.length > 0) {
      const message = `There is no "${unknown.join('", "')}". There are: ${languages.join(', ')}.`;
      problems.push({ field: 'portal.languages', message });
    }
    return { patch: prepared, problems };
  }

  /** What nobody has set is what it is by default, today's default and today's machine. */
  const complete = (values: Partial<Settings>): Settings => ({
    ...DEFAULTS,
    ...values,
    'site.timeZone': values['site.timeZone'] || machineZone,
  });

  async function read(site: SiteId): Promise<SiteSettings> {
    const { version, values, terms } = await stored(site);
    return { version, values: complete(values), terms };
  }

  return {
    read,
    /** `version`: what the editor saw; undefined takes whatever is there now. */
    async change(
      site: SiteId,
      patch: unknown,
      version: number | undefined,
      by: string,
    ): Promise<SavedSettings> {
      const prepared = await prepare(patch);
      if (prepared.problems.length > 0) return { status: 'invalid', problems: prepared.problems };
      for (let tries = 1; ; tries++) {
        const current = await stored(site);
        if (version !== undefined && version !== current.version)
          return { status: 'conflict', ...current, values: complete(current.values) };
        const parsed = parseSettings(prepared.patch, current.values);
        if (!parsed.ok) return { status: 'invalid', problems: parsed.problems };
        const sealed = mapSecrets(site, parsed.settings, seal);
        const result = await store.save(site, sealed, current.version, by, now());
        if (result.saved) {
          await announce();
          const { version: saved, terms } = result;
          return { status: 'saved', version: saved, values: complete(parsed.settings), terms };
        }
        if (version !== undefined || tries === TRIES) return { status: 'conflict', ...(await read(site)) };
      }
    },
  };
}
