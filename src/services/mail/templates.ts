import type { SiteId } from '../../domain/id.js';
import { MAIL_KIND_NAMES, type MailKindName } from '../../domain/mail.js';
import { checkTemplate, type MailTemplate } from '../../domain/mail-template.js';
import type { FieldProblem } from '../../domain/problem.js';
import type { TemplateStore } from '../../redis/templates.js';
import { defaultTemplate } from './defaults.js';
import { MAIL_LANGUAGES } from './texts/catalogue.js';

export interface SiteTemplate extends MailTemplate {
  kind: MailKindName;
  lang: string;
  version: number;
  /** False: as Foyer comes with it. */
  custom: boolean;
}

export type SavedTemplate =
  | { status: 'saved'; template: SiteTemplate; warnings: string[] }
  | { status: 'invalid'; problems: FieldProblem[] }
  /** Somebody else saved since: theirs. */
  | { status: 'conflict'; template: SiteTemplate };

export type TemplateService = ReturnType<typeof createTemplates>;

/** What the mails of a site say: the texts that Foyer comes with, and those that admins have put in their place. */
export function createTemplates({ store, now }: { store: TemplateStore; now: () => number }) {
  async function read(site: SiteId, kind: MailKindName, lang: string): Promise<SiteTemplate> {
    const { version, template } = await store.read(site, kind, lang);
    return {
      kind,
      lang,
      version,
      custom: template !== undefined,
      ...(template ?? defaultTemplate(kind, lang)),
    };
  }

  return {
    read,

    languages: MAIL_LANGUAGES,

    /** Every kind in every language, without its text. */
    async list(site: SiteId): Promise<{ kind: MailKindName; lang: string; custom: boolean }[]> {
      const changed = await store.changed(site);
      return MAIL_KIND_NAMES.flatMap((kind) =>
        MAIL_LANGUAGES.map((lang) => ({ kind, lang, custom: changed.has(`${kind}:${lang}`) })),
      );
    },

    /** `version`: the one that the editor saw. */
    async save(
      site: SiteId,
      order: { kind: MailKindName; lang: string; version: number; template: MailTemplate },
      by: string,
    ): Promise<SavedTemplate> {
      const { kind, lang, version } = order;
      const template = { ...order.template, subject: order.template.subject.trim() };
      const { problems, warnings } = checkTemplate(kind, template);
      if (problems.length > 0) return { status: 'invalid', problems };
      const result = await store.save(site, { kind, lang, version, template }, by, now());
      if (!result.saved) return { status: 'conflict', template: await read(site, kind, lang) };
      return {
        status: 'saved',
        template: { kind, lang, version: result.version, custom: true, ...template },
        warnings,
      };
    },

    /** Back to the text that Foyer comes with. */
    async reset(
      site: SiteId,
      { kind, lang, version }: { kind: MailKindName; lang: string; version: number },
      by: string,
    ): Promise<Exclude<SavedTemplate, { status: 'invalid' }>> {
      const result = await store.save(site, { kind, lang, version }, by, now());
      const template = await read(site, kind, lang);
      return result.saved ? { status: 'saved', template, warnings: [] } : { status: 'conflict', template };
    },
  };
}
