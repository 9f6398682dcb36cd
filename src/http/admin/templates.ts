import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SiteId } from '../../domain/id.js';
import { parseRecordId } from '../../domain/id.js';
import {
  MAIL_KIND_NAMES,
  type MailKindName,
  MERGE_TAGS,
  mailKind,
  mayWord,
  parseMailKind,
} from '../../domain/mail.js';
import type { MailTemplate } from '../../domain/mail-template.js';
import { AppError } from '../../errors.js';
import type { SiteTemplate } from '../../services/mail/templates.js';
import type { ShownMail, Trial } from '../../services/mail.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { confirmPage } from './shell.js';

/** Visits that a template can be tried with. */
const TRY_WITH = 20;

interface TemplatesPage {
  kinds: { title: string; languages: { lang: string; name: string; href: string; custom: boolean }[] }[];
}
const templatesPage = (data: TemplatesPage): Page => ({ template: 'admin/templates', data });

interface TemplatePage {
  title: string;
  path: string;
  lang: string;
  languages: { lang: string; name: string; href: string; current: boolean }[];
  dir: 'ltr' | 'rtl';
  custom: boolean;
  version: number;
  typed: MailTemplate;
  problems: Record<string, string | undefined>;
  warnings: string[];
  /** What somebody else saved meanwhile. */
  theirs?: MailTemplate | undefined;
  tags: { tag: string; says: string }[];
  visits: { value: string; text: string }[];
  /** Has it a PIN that could be shown? */
  hasPin: boolean;
}
const templatePage = (data: TemplatePage): Page => ({ template: 'admin/template', data });

/** A mail in a frame: nothing in it is run, sent, or loaded from elsewhere, and it has no origin of its own. */
const FRAME = {
  'Content-Security-Policy':
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'Content-Type': 'text/html; charset=utf-8',
};
const sendFrame = (reply: FastifyReply, { html }: ShownMail): FastifyReply => reply.headers(FRAME).send(html);

const RTL = ['ar', 'he'];
const nameOf = (lang: string): string => new Intl.DisplayNames('en', { type: 'language' }).of(lang) ?? lang;
const pathOf = (kind: MailKindName, lang: string): string => `/templates/${kind}/${lang}`;

const typedIn = (body: unknown): MailTemplate => ({
  subject: text(body, 'subject'),
  html: text(body, 'html').replace(/\r\n?/g, '\n'),
  text: text(body, 'text').replace(/\r\n?/g, '\n'),
});

export async function templatePageRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { mail, visits } = runtime.services;
  const { templates } = mail;
  const config = { role: 'admin' } as const;

  function named(request: FastifyRequest): { kind: MailKindName; lang: string } {
    const { kind, lang } = request.params as { kind: string; lang: string };
    const known = parseMailKind(kind);
    if (!known || !templates.languages.includes(lang)) throw new AppError('not-found');
    return { kind: known, lang };
  }

  /** The template of the address, for who changes it. */
  function worded(request: FastifyRequest): { kind: MailKindName; lang: string } {
    const name = named(request);
    if (!mayWord(request.caller.role, name.kind)) {
      const { title, readBy } = mailKind(name.kind);
      throw new AppError('forbidden', `"${title}" lets people in: the role ${readBy} says what is in it.`);
    }
    return name;
  }

  /** Who comes next, to try a template with. */
  async function triedWith(site: SiteId): Promise<TemplatePage['visits']> {
    const { items } = await visits.list(site, {
      words: [],
      from: runtime.now() - 86_400_000,
      limit: TRY_WITH,
    });
    return [
      { value: '', text: 'A made-up visit' },
      ...items.map(({ id, name, expectedArrival }) => ({
        value: id,
        text: `${name}, ${expectedArrival.replace('T', ' ')}`,
      })),
    ];
  }

  async function editor(
    site: SiteId,
    saved: SiteTemplate,
    more: Partial<Pick<TemplatePage, 'typed' | 'problems' | 'warnings' | 'theirs'>> = {},
  ): Promise<Page> {
    const { kind, lang, version, custom } = saved;
    const { title, tags, ofVisit, needs } = mailKind(kind);
    return templatePage({
      title,
      path: pathOf(kind, lang),
      lang: nameOf(lang),
      languages: templates.languages.map((one) => ({
        lang: one,
        name: nameOf(one),
        href: pathOf(kind, one),
        current: one === lang,
      })),
      dir: RTL.includes(lang) ? 'rtl' : 'ltr',
      custom,
      version,
      typed: { subject: saved.subject, html: saved.html, text: saved.text },
      problems: {},
      warnings: [],
      tags: tags.map((tag) => ({ tag: `{${tag}}`, says: MERGE_TAGS[tag] })),
      visits: ofVisit ? await triedWith(site) : [],
      hasPin: needs === 'visitorcode',
      ...more,
    });
  }

  const visitIn = async (site: SiteId, from: unknown): Promise<{ visit?: string }> => {
    const id = parseRecordId(text(from, 'visit'));
    return id !== undefined && (await visits.find(site, id)) ? { visit: id } : {};
  };

  app.get('/templates', { config }, async (request, reply) => {
    const changed = new Set(
      (await templates.list(request.caller.site))
        .filter(({ custom }) => custom)
        .map(({ kind, lang }) => pathOf(kind, lang)),
    );
    const kinds = MAIL_KIND_NAMES.map((kind) => ({
      title: mailKind(kind).title,
      languages: templates.languages.map((lang) => {
        const href = pathOf(kind, lang);
        return { lang, name: nameOf(lang), href, custom: changed.has(href) };
      }),
    }));
    return shell.show(request, reply, templatesPage({ kinds }));
  });

  app.get('/templates/:kind/:lang', { config }, async (request, reply) => {
    const { kind, lang } = named(request);
    const { site } = request.caller;
    return shell.show(request, reply, await editor(site, await templates.read(site, kind, lang)));
  });

  app.post('/templates/:kind/:lang', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const name = worded(request);
    const typed = typedIn(request.body);
    const version = Number(text(request.body, 'version'));
    if (!Number.isSafeInteger(version)) throw new AppError('malformed-request');
    const result = await templates.save(site, { ...name, version, template: typed }, by);
    if (result.status === 'invalid') {
      const saved = { ...(await templates.read(site, name.kind, name.lang)), version };
      const page = await editor(site, saved, { typed, problems: byField(result.problems) });
      return shell.show(request, reply, page, 422);
    }
    if (result.status === 'conflict') {
      const page = await editor(site, result.template, { typed, theirs: result.template });
      return shell.show(request, reply, page, 409);
    }
    const said = ['Saved. Mails that are sent from now on say this.', ...result.warnings].join(' ');
    const tone = result.warnings.length > 0 ? 'warn' : 'good';
    return shell.goOn(request, reply, pathOf(name.kind, name.lang), { text: said, tone });
  });

  app.get('/templates/:kind/:lang/preview', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const trial: Trial = { ...named(request), ...(await visitIn(site, request.query)) };
    return sendFrame(reply, await mail.preview(site, trial, { showPin: false, by }));
  });

  app.post('/templates/:kind/:lang/preview', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const trial: Trial = {
      ...named(request),
      template: typedIn(request.body),
      ...(await visitIn(site, request.body)),
    };
    const showPin = text(request.body, 'showPin') === 'true';
    return sendFrame(reply, await mail.preview(site, trial, { showPin, by }));
  });

  app.post('/templates/:kind/:lang/test', { config }, async (request, reply) => {
    const { site } = request.caller;
    const { kind, lang } = named(request);
    const template = typedIn(request.body);
    const { email } = request.session.person;
    const trial: Trial = { kind, lang, template, ...(await visitIn(site, request.body)) };
    const id = await mail.sendTrial(site, trial, email);
    const how = mail.configured()
      ? `A test is on its way to ${email}, with what was typed and a masked PIN.`
      : 'There is no mail server, so the test is in the outbox. Set SMTP_URL to send it.';
    const saved = await templates.read(site, kind, lang);
    const page = await editor(site, saved, { typed: template, warnings: [`${how} (${id})`] });
    return shell.show(request, reply, page);
  });

  app.get('/templates/:kind/:lang/reset', { config }, async (request, reply) => {
    const { kind, lang } = named(request);
    const { version } = await templates.read(request.caller.site, kind, lang);
    const page = confirmPage({
      title: 'Go back to the text that Foyer comes with?',
      lines: [`Your own text of "${mailKind(kind).title}" in ${nameOf(lang)} is gone then.`],
      action: `${pathOf(kind, lang)}/reset`,
      button: 'Reset this template',
      fields: { version: String(version) },
      back: pathOf(kind, lang),
    });
    return shell.show(request, reply, page);
  });

  app.post('/templates/:kind/:lang/reset', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const { kind, lang } = worded(request);
    const version = Number(text(request.body, 'version'));
    const result = await templates.reset(site, { kind, lang, version }, by);
    return shell.goOn(
      request,
      reply,
      pathOf(kind, lang),
      result.status === 'saved'
        ? { text: 'The text that Foyer comes with is back.' }
        : { text: 'Nothing was reset: somebody else saved this template meanwhile.', tone: 'warn' },
    );
  });
}
