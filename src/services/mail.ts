import { emailProblem } from '../domain/email.js';
import { newId, type SiteId } from '../domain/id.js';
import {
  type FreeMailKind,
  MAIL_KINDS,
  type Mail,
  type MailKindName,
  type MailState,
  mailKind,
} from '../domain/mail.js';
import type { MailTemplate } from '../domain/mail-template.js';
import type { Sealing } from '../domain/sealing.js';
import type { EventStore } from '../redis/events.js';
import type { LeaseStore } from '../redis/leases.js';
import type { FreeMailRecord, MailStore } from '../redis/mails.js';
import type { Signals } from '../redis/signals.js';
import type { SiteStore } from '../redis/sites.js';
import type { TemplateStore } from '../redis/templates.js';
import type { VisitStore } from '../redis/visits.js';
import { createComposer, type FreeMail } from './mail/compose.js';
import { type CourierDeps, createCourier } from './mail/courier.js';
import { heldMails } from './mail/held.js';
import { dataAddress } from './mail/pictures.js';
import { createPostbox, type Letter, type Mailbox } from './mail/postbox.js';
import { senderOf } from './mail/sender.js';
import { createTemplates } from './mail/templates.js';
import type { FreeMailData } from './mail/values.js';
import type { SettingsService } from './settings.js';

export type { FreeMailData } from './mail/values.js';

/** A mail that belongs to no visit. */
export interface FreeMailOrder {
  kind: FreeMailKind;
  /** An e-mail address. */
  to: string;
  /** Of whoever has that address. */
  name?: string;
  /** Tag of a language; the site's without. */
  language?: string;
  data: FreeMailData;
  /** From then on there is no use in sending it. */
  expiresAt?: number;
}

/** A whole mail, for whoever reads it in the outbox or an editor. */
export interface ShownMail {
  from: Mailbox;
  to: Mailbox;
  subject: string;
  /** Its pictures are in it as `data:` addresses. */
  html: string;
  text: string;
  lang: string;
}

/** A template as an editor has it, saved or not, and what it is tried with. */
export interface Trial {
  kind: MailKindName;
  lang: string;
  /** The site's own without. */
  template?: MailTemplate;
  /** A made-up one without. */
  visit?: string;
}

export type MailService = ReturnType<typeof createMail>;

export interface MailDeps {
  mails: MailStore;
  templates: TemplateStore;
  visits: VisitStore;
  showPin: (site: SiteId, id: string) => Promise<{ pin: string; claim: string } | undefined>;
  events: EventStore;
  settings: SettingsService;
  sealing: Sealing;
  config: MailConfig;
  portalOrigin: () => string;
  sites: SiteStore;
  leases: LeaseStore;
  signals: Pick<Signals, 'send'>;
  decisions: () => boolean;
  now: () => number;
  log: CourierDeps['log'];
}

/** What of the configuration mail hangs on. */
interface MailConfig {
  readonly smtpUrl?: string;
  readonly mailFrom?: string;
  readonly roles: readonly string[];
}

const DAY_MS = 86_400_000;

const withPictures = ({ html, pictures }: Letter): string =>
  pictures.reduce((text, one) => text.replaceAll(`cid:${one.cid}`, dataAddress(one)), html);

const shownMail = (letter: Letter): ShownMail => ({
  from: letter.from,
  to: letter.to,
  subject: letter.subject,
  html: withPictures(letter),
  text: letter.text,
  lang: letter.lang,
});

/** Mails to visitors, hosts and the team: what waits, what was sent, and what it says. */
export function createMail(deps: MailDeps) {
  const { mails, settings, sealing, events, config, now } = deps;
  const templates = createTemplates({ store: deps.templates, now });
  const composer = createComposer({
    findVisit: deps.visits.find,
    showPin: deps.showPin,
    sealedOf: mails.sealed,
    settings,
    templates,
    sealing,
    sender: senderOf({ ...deps.config, portalOrigin: deps.portalOrigin }),
    portalOrigin: deps.portalOrigin,
    now,
  });

  const courier = config.roles.includes('worker')
    ? createCourier({
        ...deps,
        compose: composer.compose,
        postbox: config.smtpUrl === undefined ? undefined : createPostbox(config.smtpUrl),
      })
    : undefined;

  /** There is something to send, for whichever process does. */
  async function announce(): Promise<void> {
    courier?.soon();
    await deps.signals.send({ type: 'mail' });
  }

  /** Sealed, since it may hold a link that lets somebody in. */
  async function seal(
    site: SiteId,
    kind: FreeMailKind,
    mail: FreeMail,
    expiresAt: number | undefined,
  ): Promise<FreeMailRecord> {
    if (emailProblem(mail.to) !== undefined) throw new Error('a mail to no address');
    const { values } = await settings.read(site);
    const id = newId();
    const keptUntil = now() + values['retention.days'] * DAY_MS;
    const sealed = sealing.seal('mail', id, JSON.stringify(mail));
    return { id, kind, sealed, keptUntil, ...(expiresAt === undefined ? {} : { expiresAt }) };
  }

  /** Answers with the mail's id. */
  async function put(site: SiteId, mail: FreeMailRecord): Promise<string> {
    await mails.queue(site, mail, now());
    await announce();
    return mail.id;
  }

  /** Whoever sees a PIN leaves a trace. */
  const pinShown = (site: SiteId, visit: string, by: string) =>
    events.append(site, 'pin.shown', { visit, by }, now());

  async function tried(site: SiteId, { kind, lang, template, visit }: Trial) {
    return {
      kind,
      lang,
      template: template ?? (await templates.read(site, kind, lang)),
      ...(visit === undefined ? {} : { visit }),
    };
  }

  return {
    kinds: MAIL_KINDS,
    templates,
    announce,
    /** For whoever asks what is held of a person. */
    holder: heldMails(deps),
    /** Another process has something to send. */
    soon: (): void => courier?.soon(),
    /** Begins to send, in a process that does. */
    start: (): void => courier?.start(),
    stop: async (): Promise<void> => courier?.stop(),

    /** Is there a mail server? Without one mails are held, and read in the outbox. */
    configured: (): boolean => config.smtpUrl !== undefined,

    /** A mail that belongs to no visit, for a script that queues it with what it tells of; `announce` follows. */
    prepare: (site: SiteId, { kind, expiresAt, ...mail }: FreeMailOrder): Promise<FreeMailRecord> =>
      seal(site, kind, mail, expiresAt),

    /** Queues a mail that belongs to no visit, and answers with its id. */
    queue: async (site: SiteId, { kind, expiresAt, ...mail }: FreeMailOrder): Promise<string> =>
      put(site, await seal(site, kind, mail, expiresAt)),

    /** All mails of a visit, newest first. */
    ofVisit: (site: SiteId, visit: string): Promise<Mail[]> => mails.ofVisit(site, visit),

    find: (site: SiteId, id: string): Promise<Mail | undefined> => mails.find(site, id),

    /** Newest first. */
    outbox: (site: SiteId, query: { state?: MailState; cursor?: string; limit: number }) =>
      mails.list(site, query),

    counts: (site: SiteId): Promise<Record<MailState, number>> => mails.counts(site),

    /**
     * The whole mail as it would be sent now; undefined where it would say nothing any more. A PIN in it is logged as
     * `pin.shown`.
     */
    async show(site: SiteId, id: string, by: string): Promise<ShownMail | undefined> {
      const mail = await mails.find(site, id);
      if (!mail) return undefined;
      const composed = await composer.compose(site, mail);
      if (composed.status !== 'ready') return undefined;
      if (composed.hasPin) await pinShown(site, mail.visit, by);
      return shownMail(composed.letter);
    },

    /** Tries a mail again at once that is refused, held, or waits for its next try. */
    async retry(site: SiteId, id: string, by: string): Promise<'done' | 'unknown' | 'sending' | 'sent'> {
      const done = await mails.steer(site, id, 'retry', by, now());
      if (done === 'done') await announce();
      return done;
    },

    /** It is never sent, and forgotten. */
    discard: (site: SiteId, id: string, by: string): Promise<'done' | 'unknown' | 'sending' | 'sent'> =>
      mails.steer(site, id, 'discard', by, now()),

    /** What a template says. The PIN of the visit is masked unless `showPin`, which is logged as `pin.shown`. */
    async preview(site: SiteId, trial: Trial, options: { showPin: boolean; by: string }): Promise<ShownMail> {
      const asked = await tried(site, trial);
      const needsPin = options.showPin && asked.visit && mailKind(asked.kind).needs === 'visitorcode';
      const shown = needsPin && asked.visit ? await deps.showPin(site, asked.visit) : undefined;
      if (shown && asked.visit) await pinShown(site, asked.visit, options.by);
      return shownMail(await composer.trial(site, asked, shown));
    },

    /** Sends what a template says, the PIN masked, to whoever edits it. Answers with the mail's id. */
    async sendTrial(site: SiteId, trial: Trial, to: string): Promise<string> {
      const mail = { to, data: {}, trial: await tried(site, trial) };
      return put(site, await seal(site, 'test', mail, now() + DAY_MS));
    },
  };
}
