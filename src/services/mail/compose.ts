import type { SiteId } from '../../domain/id.js';
import { type Mail, type MailKindName, mailKind } from '../../domain/mail.js';
import type { MailTemplate, TagValues } from '../../domain/mail-template.js';
import type { Sealing } from '../../domain/sealing.js';
import type { Settings } from '../../domain/settings.js';
import { isOver, type Visit } from '../../domain/visit.js';
import type { StoredVisit } from '../../redis/visit-record.js';
import type { SettingsService } from '../settings.js';
import { calendarFile } from './calendar.js';
import { qrPicture } from './pictures.js';
import type { Letter, Mailbox } from './postbox.js';
import { renderMail } from './render.js';
import type { TemplateService } from './templates.js';
import { MAIL_LANGUAGES, type MailTexts, mailTexts } from './texts/catalogue.js';
import { type FreeMailData, freeValues, siteName, visitValues } from './values.js';

/** What a mail without a visit carries along, sealed. */
export interface FreeMail {
  to: string;
  name?: string;
  language?: string;
  data: FreeMailData;
  /** In place of the site's own: an editor tries a template out. */
  trial?: { kind: MailKindName; lang: string; template: MailTemplate; visit?: string };
}

export type Composed =
  | { status: 'ready'; letter: Letter; hasPin: boolean }
  /** There is nothing to say any more. */
  | { status: 'void' }
  /** It is too late to say it. */
  | { status: 'late'; words: string };

export interface ComposeDeps {
  findVisit: (site: SiteId, id: string) => Promise<StoredVisit | undefined>;
  showPin: (site: SiteId, id: string) => Promise<{ pin: string; claim: string } | undefined>;
  sealedOf: (site: SiteId, id: string) => Promise<string | undefined>;
  settings: Pick<SettingsService, 'read'>;
  templates: TemplateService;
  sealing: Sealing;
  sender: (siteName: string) => Mailbox;
  portalOrigin: () => string;
  now: () => number;
}

const known = (lang: string | undefined): string | undefined =>
  lang !== undefined && MAIL_LANGUAGES.includes(lang) ? lang : undefined;

/** The language of whoever names none. */
export const siteLanguage = (values: Settings): string =>
  known(values['mail.language']) ?? known(values['portal.languages'][0]) ?? 'en';

const LATE = 'The visit was over before the mail could be sent.';
const EXPIRED = 'The link in it had expired before the mail could be sent.';
const OLD = 'What it says was old before the mail could be sent.';

/** Makes what a mail says at the time when it is sent, from what is so then. */
export function createComposer(deps: ComposeDeps) {
  const { settings, templates, portalOrigin, now } = deps;

  /** The values of a visit's PIN; stars in place of one that is not to be seen. */
  function pinValues(shown: { pin: string; claim: string } | undefined, { hasToken }: Visit): TagValues {
    const pin = shown?.pin ?? '•••••••';
    const link = `${portalOrigin()}/claim/${shown?.claim ?? '…'}`;
    return { visitorcode: pin, claimlink: hasToken ? link : '', qrcode: link };
  }

  function letterOf(
    id: string,
    values: Settings,
    texts: MailTexts,
    to: Mailbox,
    rendered: Pick<Letter, 'subject' | 'html' | 'text' | 'pictures' | 'calendar'>,
  ): Letter {
    return {
      id,
      from: deps.sender(siteName(values, texts)),
      to,
      replyTo: values['mail.replyTo'],
      lang: texts.lang,
      date: new Date(now()),
      ...rendered,
    };
  }

  /** Why this mail about a visit is not to be sent; undefined where it is. */
  function hindrance(kind: MailKindName, visit: Visit, values: Settings): Composed | undefined {
    const gone: Composed = { status: 'void' };
    if (kind === 'arrived') {
      const here = visit.checkedInAt !== undefined || visit.firstUseAt !== undefined;
      return here && visit.hostEmail && values['mail.onArrival'] ? undefined : gone;
    }
    if (!visit.email) return gone;
    if (kind === 'cancelled') return visit.cancelledAt === undefined ? gone : undefined;
    if (visit.cancelledAt !== undefined || visit.checkedOutAt !== undefined) return gone;
    return isOver(visit, now()) ? { status: 'late', words: LATE } : undefined;
  }

  async function aboutVisit(site: SiteId, mail: Mail): Promise<Composed> {
    const stored = await deps.findVisit(site, mail.visit);
    if (!stored) return { status: 'void' };
    const { visit, version } = stored;
    const { values } = await settings.read(site);
    const why = hindrance(mail.kind, visit, values);
    if (why) return why;
    const { to, needs } = mailKind(mail.kind);
    const lang = to === 'visitor' ? (known(visit.language) ?? siteLanguage(values)) : siteLanguage(values);
    const texts = mailTexts(lang);
    const shown = needs === 'visitorcode' ? await deps.showPin(site, visit.id) : undefined;
    if (needs === 'visitorcode' && !shown) return { status: 'void' };
    const pin = shown ? pinValues(shown, visit) : {};
    const template = await templates.read(site, mail.kind, lang);
    const rendered = renderMail(
      template,
      { ...visitValues(visit, values, texts), ...pin },
      { settings: values, texts, qr: pin.qrcode ? await qrPicture(pin.qrcode) : undefined },
    );
    const box =
      to === 'visitor'
        ? { name: visit.name, address: visit.email ?? '' }
        : { name: visit.host ?? '', address: visit.hostEmail ?? '' };
    const organizer = deps.sender('').address;
    const calendar =
      to === 'visitor' ? calendarFile(visit, values, texts, version - 1, organizer, now()) : undefined;
    const letter = letterOf(`${site}-${mail.id}`, values, texts, box, {
      ...rendered,
      ...(calendar ? { calendar } : {}),
    });
    return { status: 'ready', letter, hasPin: shown !== undefined };
  }

  /** What a template says of a visit, for its editor. The PIN is masked unless it is given. */
  async function trial(
    site: SiteId,
    asked: { kind: MailKindName; lang: string; template: MailTemplate; visit?: string },
    shown?: { pin: string; claim: string },
  ): Promise<Letter> {
    const { values } = await settings.read(site);
    const texts = mailTexts(asked.lang);
    const visit =
      (asked.visit && (await deps.findVisit(site, asked.visit))?.visit) || sample(values, texts, now());
    const { ofVisit, needs } = mailKind(asked.kind);
    const pin = needs === 'visitorcode' ? pinValues(shown, visit) : {};
    const said = ofVisit
      ? { ...visitValues(visit, values, texts), ...pin }
      : freeValues(sampleData(visit, portalOrigin()), values, texts, now() + 3_600_000);
    const qr = pin.qrcode ? await qrPicture(pin.qrcode) : undefined;
    const rendered = renderMail(asked.template, said, { settings: values, texts, qr });
    return letterOf('trial', values, texts, { name: '', address: '' }, rendered);
  }

  async function ofItsOwn(site: SiteId, mail: Mail): Promise<Composed> {
    if (mail.expiresAt !== undefined && now() >= mail.expiresAt)
      return { status: 'late', words: mailKind(mail.kind).needs === 'link' ? EXPIRED : OLD };
    const sealed = await deps.sealedOf(site, mail.id);
    const json = sealed === undefined ? undefined : deps.sealing.unseal('mail', mail.id, sealed);
    if (json === undefined) return { status: 'void' };
    const free = JSON.parse(json) as FreeMail;
    const to = { name: free.name ?? '', address: free.to };
    const id = `${site}-${mail.id}`;
    if (free.trial) {
      const letter = await trial(site, free.trial);
      return { status: 'ready', letter: { ...letter, id, to }, hasPin: false };
    }
    const { values } = await settings.read(site);
    const lang = known(free.language) ?? siteLanguage(values);
    const texts = mailTexts(lang);
    const rendered = renderMail(
      await templates.read(site, mail.kind, lang),
      freeValues(free.data, values, texts, mail.expiresAt),
      { settings: values, texts },
    );
    return { status: 'ready', letter: letterOf(id, values, texts, to, rendered), hasPin: false };
  }

  return {
    trial,
    compose: (site: SiteId, mail: Mail): Promise<Composed> =>
      mail.visit === '' ? ofItsOwn(site, mail) : aboutVisit(site, mail),
  };
}

/** A visit for whoever has none to try a template with. */
const sample = (values: Settings, texts: MailTexts, now: number): Visit => ({
  id: 'sample',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  host: 'Grace Hopper',
  expectedArrival: '',
  timeZone: values['site.timeZone'],
  maxDevices: values['tokens.maxDevices'],
  limits: {},
  terms: {
    validFrom: values['tokens.validFrom'],
    arrivalAt: now - (now % 3_600_000) + 86_400_000,
    earlyMs: values['tokens.earlyMinutes'] * 60_000,
    startWithinMs: values['tokens.startWithinMinutes'] * 60_000,
    durationMs: values['tokens.durationMinutes'] * 60_000,
  },
  hasToken: values['tokens.enabled'],
  language: texts.lang,
  createdAt: now,
  devices: [],
});

const sampleData = (visit: Visit, origin: string): FreeMailData => ({
  name: visit.name,
  host: visit.host ?? '',
  link: `${origin}/…`,
  purpose: '…',
  answer: 'declined',
  task: 'invitation',
});
