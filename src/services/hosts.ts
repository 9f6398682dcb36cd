import { randomBytes } from 'node:crypto';
import { neutral } from '../domain/block.js';
import { emailProblem } from '../domain/email.js';
import { hostName, mayHost } from '../domain/host.js';
import type { SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Sealing } from '../domain/sealing.js';
import { sourceOf } from '../domain/throttle.js';
import { hostWord, type Visit } from '../domain/visit.js';
import type { HostLogin, HostStore } from '../redis/hosts.js';
import type { SiteStore } from '../redis/sites.js';
import type { VisitStore } from '../redis/visits.js';
import type { MailService } from './mail.js';
import type { SettingsService } from './settings.js';
import type { Changed, VisitService } from './visits.js';

/** A host in a browser that a link has signed in. */
export interface HostSession extends HostLogin {
  site: SiteId;
  digest: string;
  /** Stands in every form. */
  csrf: string;
}

export type HostedVisit =
  | { status: 'registered'; visit: Visit }
  | { status: 'invalid'; problems: FieldProblem[] }
  /** The host has registered as many as the site allows in that many days. */
  | { status: 'quota'; most: number; days: number };

export interface Quota {
  used: number;
  most: number | undefined;
  days: number;
}

const LINK_MS = 15 * 60_000;
const LOGIN_MS = 12 * 3_600_000;
const LINKS_MOST = 3;
/** A house behind one address asks for its links from there. */
const LINKS_OF_SOURCE_MOST = 15;
const LINKS_OF_SITE_MOST = 60;
const LISTED_MOST = 500;
const DAY_MS = 86_400_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export type HostService = ReturnType<typeof createHosts>;

export interface HostDeps {
  store: HostStore;
  sites: SiteStore;
  stored: VisitStore;
  visits: VisitService;
  mail: Pick<MailService, 'queue'>;
  settings: SettingsService;
  sealing: Sealing;
  /** Origin of the listener for hosts. */
  peopleOrigin: () => string;
  now: () => number;
}

/** Hosts register their own visitors, see them, and cancel them; a link in a mail signs them in. */
export function createHosts(deps: HostDeps) {
  const { store, sites, stored, visits, mail, settings, sealing, now } = deps;

  /** Codes and cookies name their site, so that one look finds them: `<site>.<secret>`. */
  const secretFor = (site: SiteId): string => `${site}.${randomBytes(32).toString('base64url')}`;

  async function parts(text: string | undefined): Promise<{ site: SiteId; digest: string } | undefined> {
    const [, name = '', secret = ''] = /^([a-z0-9-]{1,32})\.(\S+)$/.exec(text ?? '') ?? [];
    const site = (await sites.list()).find((one) => one === name);
    return site && TOKEN.test(secret)
      ? { site, digest: sealing.digest('host', `${site}.${secret}`) }
      : undefined;
  }

  const hostOf = (email: string): string => sealing.digest('mail', email);

  async function quotaOf(session: HostSession): Promise<Quota & { since: number }> {
    const { values } = await settings.read(session.site);
    const days = values['hosts.periodDays'];
    const since = now() - days * DAY_MS;
    const used = await store.registeredSince(session.site, hostOf(session.email), since);
    return { used, most: values['hosts.visitsMost'] ?? undefined, days, since };
  }

  const own = ({ email }: HostSession, visit: Visit | undefined): visit is Visit =>
    visit?.hostEmail?.toLowerCase() === email.toLowerCase();

  return {
    /** The sites at which hosts register visitors. */
    async open(): Promise<{ site: SiteId; name: string }[]> {
      const all = await Promise.all(
        (await sites.list()).map(async (site) => ({ site, values: (await settings.read(site)).values })),
      );
      return all
        .filter(({ values }) => values['hosts.register'])
        .map(({ site, values }) => ({ site, name: values['site.name'] || site }));
    },

    /**
     * Sends a link to whoever may be a host. Whether somebody may, or asked too often, is not told to whoever types an
     * address: only its mailbox knows. `ip`: where it is typed.
     */
    async sendLink(site: SiteId, typed: string, ip: string): Promise<'asked' | 'no-address'> {
      const email = typed.trim();
      if (emailProblem(email) !== undefined) return 'no-address';
      const { values } = await settings.read(site);
      if (!mayHost(email, values)) return 'asked';
      const code = secretFor(site);
      const digest = sealing.digest('host', code);
      const login = { email, host: hostOf(email), createdAt: now() };
      const limits = {
        keptMs: LINK_MS,
        most: LINKS_MOST,
        mostOfSource: LINKS_OF_SOURCE_MOST,
        mostOfSite: LINKS_OF_SITE_MOST,
      };
      const source = sealing.digest('attempt', sourceOf(ip));
      const issued = await store.issueLink(site, { digest, source, login }, limits, now());
      if (issued !== 'issued') return 'asked';
      await mail.queue(site, {
        kind: 'host-link',
        to: email,
        name: hostName(email, values),
        data: { link: `${deps.peopleOrigin()}/host/enter/${code}` },
        expiresAt: now() + LINK_MS,
      });
      return 'asked';
    },

    /** Whose link it is, while it works; looking at it changes nothing, since scanners of mail do. */
    async link(code: string): Promise<HostLogin | undefined> {
      const at = await parts(code);
      return at && store.findLink(at.site, at.digest);
    },

    /** Signs in with a link, once. Answers with the cookie's token. */
    async enter(code: string): Promise<string | undefined> {
      const at = await parts(code);
      if (!at) return undefined;
      const token = secretFor(at.site);
      const login = sealing.digest('host', token);
      return (await store.enter(at.site, at.digest, login, LOGIN_MS, now())) ? token : undefined;
    },

    async session(token: string | undefined): Promise<HostSession | undefined> {
      const at = await parts(token);
      const login = at && (await store.findLogin(at.site, at.digest));
      if (!login || !at || now() - login.createdAt >= LOGIN_MS) return undefined;
      const { values } = await settings.read(at.site);
      // Whom the admin has taken from the list is out at once.
      if (!mayHost(login.email, values)) return undefined;
      return { ...login, ...at, csrf: sealing.digest('csrf', token as string) };
    },

    leave: ({ site, digest }: HostSession): Promise<void> => store.removeLogin(site, digest),

    quota: quotaOf,

    /** The host's own visits that are kept, the latest arrival first. */
    async list(session: HostSession): Promise<Visit[]> {
      const ids = [...(await stored.search(session.site, [hostWord(session.email)]))].slice(0, LISTED_MOST);
      const found = await Promise.all(ids.map((id) => stored.find(session.site, id)));
      return found
        .map((one) => one?.visit)
        .filter((visit) => own(session, visit))
        .sort((a, b) => b.terms.arrivalAt - a.terms.arrivalAt);
    },

    async find(session: HostSession, id: string): Promise<Visit | undefined> {
      const visit = await visits.find(session.site, id);
      return own(session, visit) ? visit : undefined;
    },

    /** The visitor gets the PIN by mail, and nobody else. */
    async register(
      session: HostSession,
      form: { name: string; email: string } & Record<string, unknown>,
    ): Promise<HostedVisit> {
      const { values } = await settings.read(session.site);
      if (form.email.trim() === '') {
        const message = 'Type the e-mail address: the PIN goes there, such as anna@example.com.';
        return { status: 'invalid', problems: [{ field: 'email', message }] };
      }
      const input = {
        ...form,
        host: hostName(session.email, values),
        hostEmail: session.email,
        notify: true,
      };
      const quota = await quotaOf(session);
      const within = { host: hostOf(session.email), most: quota.most, since: quota.since };
      const result = await visits.registerHosted(session.site, input, (visit, pin, context) =>
        store.register(session.site, visit, pin, context, within),
      );
      if (result.status === 'quota') return { status: 'quota', most: quota.most ?? 0, days: quota.days };
      if (result.status === 'invalid') return { status: 'invalid', problems: neutral(result.problems) };
      return { status: 'registered', visit: result.visit };
    },

    async cancel(session: HostSession, id: string): Promise<Changed> {
      const visit = await visits.find(session.site, id);
      return own(session, visit) ? visits.cancel(session.site, id, 'host') : { status: 'unknown' };
    },
  };
}
