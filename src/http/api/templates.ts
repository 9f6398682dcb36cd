import { type Static, Type } from 'typebox';
import { emailProblem } from '../../domain/email.js';
import {
  MAIL_KIND_NAMES,
  type MailKindName,
  MERGE_TAGS,
  mailKind,
  mayWord,
  parseMailKind,
} from '../../domain/mail.js';
import { HTML_MOST, SUBJECT_MOST, TEXT_MOST } from '../../domain/mail-template.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { SiteTemplate } from '../../services/mail/templates.js';
import type { Trial } from '../../services/mail.js';
import type { Caller } from './auth.js';
import { type Api, call, recordId } from './call.js';
import { words } from './schemas.js';

const closed = { additionalProperties: false };
const Name = Type.Object(
  { kind: Type.String({ maxLength: 40 }), lang: Type.String({ maxLength: 10 }) },
  closed,
);
const KindSchema = words(MAIL_KIND_NAMES);

const texts = {
  subject: Type.String({ maxLength: SUBJECT_MOST * 4 }),
  html: Type.String({ maxLength: HTML_MOST * 2 }),
  text: Type.String({ maxLength: TEXT_MOST * 2 }),
};

const TemplateSchema = Type.Object(
  {
    kind: KindSchema,
    lang: Type.String(),
    version: Type.Integer({ description: 'What `If-Match` names' }),
    custom: Type.Boolean({ description: 'False: the text that Foyer comes with' }),
    ...texts,
    tags: Type.Array(Type.Object({ tag: Type.String(), says: Type.String() }, closed), {
      description: 'What may stand between braces',
    }),
    warnings: Type.Array(Type.String()),
  },
  closed,
);

const Version = Type.Object({ 'if-match': Type.Optional(Type.String({ examples: ['"3"'] })) });

const TrialBody = Type.Object(
  {
    ...Type.Partial(Type.Object(texts)).properties,
    visit: Type.Optional(Type.String({ description: 'Id of the visit that it is tried with' })),
  },
  closed,
);

const listing = call(
  { summary: 'Mails that Foyer sends, in every language' },
  {
    200: Type.Object(
      {
        items: Type.Array(
          Type.Object(
            { kind: KindSchema, title: Type.String(), lang: Type.String(), custom: Type.Boolean() },
            closed,
          ),
        ),
      },
      closed,
    ),
  },
);
const showing = call(
  { summary: 'One template', description: 'The header ETag names the version.', params: Name },
  { 200: TemplateSchema },
);
const saving = call(
  {
    summary: 'Change a template',
    description:
      'If-Match names the version that was read: 428 without it, 412 when somebody else changed it since.',
    params: Name,
    headers: Version,
    body: Type.Object(texts, closed),
  },
  { 200: TemplateSchema },
);
const resetting = call(
  { summary: 'Back to the text that Foyer comes with', params: Name, headers: Version },
  { 200: TemplateSchema },
);
const previewing = call(
  {
    summary: 'What a template says, saved or not',
    description: 'The PIN is masked unless `showPin`, which is logged as `pin.shown`.',
    params: Name,
    body: Type.Object(
      { ...TrialBody.properties, showPin: Type.Optional(Type.Boolean({ default: false })) },
      closed,
    ),
  },
  { 200: Type.Object(texts, closed) },
);
const testing = call(
  {
    summary: 'Send what a template says, the PIN masked',
    params: Name,
    body: Type.Object(
      { ...TrialBody.properties, to: Type.String({ examples: ['anna@example.com'] }) },
      closed,
    ),
  },
  { 202: Type.Object({ mail: Type.String({ description: 'Its id in the outbox' }) }, closed) },
);

const etag = (version: number): string => `"${version}"`;

/** The version that the caller read. */
function versionOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined) throw new AppError('precondition-required');
  const [, version] = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(ifMatch) ?? [];
  if (version === undefined)
    throw new AppError('precondition-failed', 'If-Match names no version of this template.');
  return Number(version);
}

const described = (template: SiteTemplate, warnings: string[] = []) => ({
  ...template,
  tags: mailKind(template.kind).tags.map((tag) => ({ tag, says: MERGE_TAGS[tag] })),
  warnings,
});

export async function templateRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { mail } = runtime.services;
  const { templates } = mail;
  const config = { role: 'admin' } as const;

  function named({ kind, lang }: Static<typeof Name>): { kind: MailKindName; lang: string } {
    const known = parseMailKind(kind);
    if (!known || !templates.languages.includes(lang)) throw new AppError('not-found');
    return { kind: known, lang };
  }

  /** The same, for who changes it. */
  function worded(name: Static<typeof Name>, { role }: Caller): { kind: MailKindName; lang: string } {
    const found = named(name);
    if (!mayWord(role, found.kind)) {
      const { readBy } = mailKind(found.kind);
      throw new AppError('forbidden', `This mail lets people in: the role ${readBy} says what is in it.`);
    }
    return found;
  }

  /** What is not sent is as it is saved. */
  async function trialOf(
    site: Parameters<typeof templates.read>[0],
    name: { kind: MailKindName; lang: string },
    { subject, html, text, visit }: Static<typeof TrialBody>,
  ): Promise<Trial> {
    const saved = await templates.read(site, name.kind, name.lang);
    const template = {
      subject: subject ?? saved.subject,
      html: html ?? saved.html,
      text: text ?? saved.text,
    };
    if (visit === undefined) return { ...name, template };
    if (!(await runtime.services.visits.find(site, recordId(visit)))) throw new AppError('not-found');
    return { ...name, template, visit };
  }

  app.get('/templates', { schema: listing, config }, async ({ caller }) => ({
    items: (await templates.list(caller.site)).map((one) => ({ ...one, title: mailKind(one.kind).title })),
  }));

  app.get('/templates/:kind/:lang', { schema: showing, config }, async ({ caller, params }, reply) => {
    const { kind, lang } = named(params);
    const template = await templates.read(caller.site, kind, lang);
    reply.header('ETag', etag(template.version));
    return described(template);
  });

  app.put(
    '/templates/:kind/:lang',
    { schema: saving, config },
    async ({ caller, params, headers, body }, reply) => {
      const order = { ...worded(params, caller), version: versionOf(headers['if-match']), template: body };
      const result = await templates.save(caller.site, order, caller.by);
      if (result.status === 'invalid') throw new AppError('invalid-input', undefined, result.problems);
      if (result.status === 'conflict')
        throw new AppError(
          'precondition-failed',
          `The template is at version ${result.template.version} now.`,
        );
      reply.header('ETag', etag(result.template.version));
      return described(result.template, result.warnings);
    },
  );

  app.delete(
    '/templates/:kind/:lang',
    { schema: resetting, config },
    async ({ caller, params, headers }, reply) => {
      const order = { ...worded(params, caller), version: versionOf(headers['if-match']) };
      const result = await templates.reset(caller.site, order, caller.by);
      if (result.status === 'conflict')
        throw new AppError(
          'precondition-failed',
          `The template is at version ${result.template.version} now.`,
        );
      reply.header('ETag', etag(result.template.version));
      return described(result.template);
    },
  );

  app.post(
    '/templates/:kind/:lang/preview',
    { schema: previewing, config },
    async ({ caller, params, body }) => {
      const trial = await trialOf(caller.site, named(params), body);
      const shown = await mail.preview(caller.site, trial, { showPin: body.showPin ?? false, by: caller.by });
      return { subject: shown.subject, html: shown.html, text: shown.text };
    },
  );

  app.post(
    '/templates/:kind/:lang/test',
    { schema: testing, config },
    async ({ caller, params, body }, reply) => {
      const message = emailProblem(body.to);
      if (message !== undefined) throw new AppError('invalid-input', undefined, [{ field: 'to', message }]);
      const trial = await trialOf(caller.site, named(params), body);
      reply.code(202);
      return { mail: await mail.sendTrial(caller.site, trial, body.to) };
    },
  );
}
