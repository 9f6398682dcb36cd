import { randomBytes } from 'node:crypto';
import type { Subject } from '../domain/block.js';
import { listedHosts } from '../domain/hosts-list.js';
import { type ClientMac, type GatewayId, newId, parseSiteId, type SiteId } from '../domain/id.js';
import type { Sealing } from '../domain/sealing.js';
import type { Settings } from '../domain/settings.js';
import { parseRegistration, type RegistrationProblem, type Visit } from '../domain/visit.js';
import {
  ANSWER_MS,
  findHost,
  parseWalkIn,
  REQUEST_KEPT_MS,
  type RequestState,
  requestState,
  type WalkInField,
  type WalkInForm,
  type WalkInProblem,
  type WalkInRequest,
  walkInOptions,
} from '../domain/walk-in.js';
import type { FreeMailRecord } from '../redis/mails.js';
import { registrationRow } from '../redis/visits.js';
import type { Answered, GrantSeeds, Place, WalkInStore } from '../redis/walk-ins.js';
import type { BlockList } from './block-list.js';
import type { GatewayRegistry } from './gateways.js';
import type { MailService } from './mail.js';
import type { IssuedPin, Pins } from './pins.js';
import type { SettingsService } from './settings.js';
import type { TermsService } from './terms.js';
import { registrationMail } from './visit-mail.js';
import { newVisit } from './visits.js';

export interface WalkInOrder {
  place: Place;
  form: WalkInForm;
  /** Tag of the language that the visitor reads. */
  language: string;
  /** Number of the terms that the form showed, where the visitor accepted them. */
  terms?: number;
}

export type WalkedIn =
  | { status: 'invalid'; problems: Partial<Record<WalkInField, WalkInProblem>> }
  /** Walk-ins are not taken here. */
  | { status: 'closed' }
  /** Too many at once, or somebody who has to ask at the desk: they cannot be told apart. */
  | { status: 'busy' }
  /** This device may pass already. */
  | { status: 'online' }
  /** `request` waits for its host: a new one, or the one that this device made before. */
  | { status: 'asked'; request: string }
  | { status: 'registered'; visit: Visit; pin: string; claim: string };

export type AnswerResult =
  | Exclude<Answered, { status: 'taken' }>
  /** The visitor came onto the block list meanwhile. Why is for the team; a host is told that the request is over. */
  | { status: 'blocked'; problems: RegistrationProblem[] };

/** A request that waits for an answer. */
export interface WaitingRequest extends WalkInRequest {
  /** Why it cannot be approved any more, for the team. */
  problems: RegistrationProblem[];
}

export interface LinkedRequest {
  site: SiteId;
  request: WalkInRequest;
  /** As a host may know it: what cannot be approved any more is over. */
  state: RequestState;
}

const TRIES = 20;
/** As long as the page with the PIN stays. */
const SHOWN_MS = 60_000;
const DAY_MS = 86_400_000;

export type WalkInService = ReturnType<typeof createWalkIns>;

export interface WalkInDeps {
  store: WalkInStore;
  settings: SettingsService;
  terms: Pick<TermsService, 'current' | 'find'>;
  pins: Pins;
  registry: Pick<GatewayRegistry, 'get' | 'capabilitiesOf'>;
  sealing: Sealing;
  /** What the block list has against somebody, in the team's words. */
  blocked: BlockList['problemsOfMany'];
  mail: Pick<MailService, 'prepare' | 'announce'>;
  /** Origin of the listener on which hosts answer. */
  peopleOrigin: () => string;
  /** Wakes whoever holds the lane of this client. */
  nudge: (gateway: GatewayId, mac: ClientMac) => Promise<void>;
  now: () => number;
}

/** Visitors without a PIN: they sign in by themselves, or by the word of their host. */
export function createWalkIns(deps: WalkInDeps) {
  const { store, settings, terms, pins, registry, sealing, now } = deps;

  /** Whom the visitor means. Where no host is asked and none is listed, whoever was named. */
  function hostOf(values: Settings, typed: string) {
    const hosts = listedHosts(values['walkIns.hosts']);
    if (!values['walkIns.hostApproval'] && hosts.length === 0)
      return { status: 'found', host: { name: typed, email: '' } } as const;
    return findHost(typed, hosts, values['hosts.domains']);
  }

  /** The visit of somebody who is here now, checked in. */
  function visitNow(
    values: Settings,
    person: { name: string; email?: string; host: string; hostEmail: string; language: string },
  ): Visit {
    const at = now();
    const minutes = values['walkIns.minutes'];
    const input = {
      name: person.name,
      email: person.email,
      host: person.host,
      ...(person.hostEmail ? { hostEmail: person.hostEmail } : {}),
      language: person.language,
      expectedArrival: new Date(at).toISOString(),
      ...(minutes === null ? {} : { durationMinutes: minutes }),
    };
    const parsed = parseRegistration(input, values);
    if (!parsed.ok) throw new Error(`a walk-in that cannot be registered: ${parsed.problems[0]?.field}`);
    const { notify: _, ...registration } = parsed.registration;
    const visit = newVisit(registration, newId(), values, at);
    const starts = visit.hasToken && visit.terms.validFrom === 'check-in';
    return { ...visit, checkedInAt: at, ...(starts ? { startedAt: at } : {}) };
  }

  /** Draws PINs until one is free, and does with each what `attempt` does. */
  async function withPin<R extends { status: string }>(
    site: SiteId,
    visit: Visit,
    values: Settings,
    by: string,
    attempt: (row: string[]) => Promise<R>,
  ): Promise<{ result: Exclude<R, { status: 'taken' }>; issued: IssuedPin }> {
    const context = {
      mailDigest: visit.email ? sealing.digest('mail', visit.email) : '',
      retentionMs: values['retention.days'] * DAY_MS,
      by,
      now: now(),
      // The PIN goes to the address that was given, as for whoever was registered before.
      mail: registrationMail(visit, values, undefined, now()),
    };
    for (let i = 0; i < TRIES; i++) {
      const issued = await pins.issue(site, visit, values);
      const result = await attempt(registrationRow(visit, issued.record, context));
      if (result.status === 'taken') continue;
      await deps.mail.announce();
      return { result: result as Exclude<R, { status: 'taken' }>, issued };
    }
    throw new Error('no free PIN of the chosen length was found');
  }

  const seedsFor = (gateway: GatewayId | undefined): GrantSeeds => {
    const found = gateway && registry.get(gateway);
    const asks = found ? registry.capabilitiesOf(found)?.orders === 'asks' : false;
    return { grant: newId(), slot: newId(), asks };
  };

  /** The terms that were accepted, where they are ones that the site had. */
  async function acceptedTerms(site: SiteId, number: number | undefined): Promise<number | undefined> {
    return number !== undefined && (await terms.find(site, number)) ? number : undefined;
  }

  async function registerAtOnce(
    site: SiteId,
    order: WalkInOrder,
    values: Settings,
    host: { name: string; email: string },
    accepted: number | undefined,
  ): Promise<WalkedIn> {
    const { place, form, language } = order;
    const client = 'client' in place ? place.client : undefined;
    const { name, email } = form;
    const person = { name, email, host: host.name, hostEmail: host.email, language };
    const visit = visitNow(values, person);
    const by = 'desk' in place ? `desk:${place.desk}` : 'portal';
    const seeds = seedsFor(client?.gateway);
    const { result, issued } = await withPin(site, visit, values, by, async (row) => ({
      status: await store.register(site, place, accepted, seeds, row, now()),
    }));
    if (result.status === 'busy' || result.status === 'online') return { status: result.status };
    if (client) await deps.nudge(client.gateway, client.mac);
    return { status: 'registered', visit, pin: issued.pin, claim: pins.claimCode(issued.record.digest) };
  }

  /** What tells a visitor who was declined, and gave an address, for as long as the answer can be read elsewhere too. */
  async function declineMail(site: SiteId, request: WalkInRequest): Promise<FreeMailRecord | undefined> {
    const { name, email, host, language } = request;
    if (email === undefined) return undefined;
    return deps.mail.prepare(site, {
      kind: 'walk-in-answer',
      to: email,
      name,
      language,
      data: { name, host, ...deviceOf(request.from), answer: 'declined' },
      expiresAt: now() + REQUEST_KEPT_MS,
    });
  }

  async function decline(site: SiteId, request: WalkInRequest, by: string): Promise<AnswerResult> {
    const mail = await declineMail(site, request);
    const order = { request: request.id, outcome: 'declined', by, ...(mail ? { mail } : {}) } as const;
    const declined = await store.answer(site, order, seedsFor(undefined), [], now());
    if (declined.status === 'answered') await deps.mail.announce();
    return declined as AnswerResult;
  }

  async function answer(
    site: SiteId,
    id: string,
    outcome: 'approved' | 'declined',
    by: string,
  ): Promise<AnswerResult> {
    const request = await store.find(site, id);
    if (!request) return { status: 'unknown' };
    const state = requestState(request, now());
    if (state === 'expired') return { status: 'expired' };
    if (request.answer) return { status: 'before', ...request.answer };
    if (outcome === 'declined') return decline(site, request, by);
    const problems = (await deps.blocked(site))(subjectOf(request));
    if (problems.length > 0) return { status: 'blocked', problems };
    const client = 'mac' in request.from ? request.from : undefined;
    const seeds = seedsFor(client?.gateway);
    const order = { request: id, outcome, by };
    const { values } = await settings.read(site);
    const { result } = await withPin(site, visitNow(values, request), values, by, (row) =>
      store.answer(site, order, seeds, row, now()),
    );
    if (result.status === 'answered' && result.until !== undefined && client)
      await deps.nudge(client.gateway, client.mac);
    return result;
  }

  const linkDigest = (code: string): string => sealing.digest('approve', code);

  /** The site stands in the code, since the listener for hosts is every site's. */
  async function byLink(code: string): Promise<LinkedRequest | undefined> {
    const site = CODE.test(code) ? parseSiteId(code.slice(0, code.indexOf('.'))) : undefined;
    const request = site && (await store.byLink(site, linkDigest(code)));
    if (!site || !request) return undefined;
    const state = requestState(request, now());
    const over = state === 'open' && (await deps.blocked(site))(subjectOf(request)).length > 0;
    return { site, request, state: over ? 'expired' : state };
  }

  return {
    async begin(site: SiteId, order: WalkInOrder): Promise<WalkedIn> {
      const { values } = await settings.read(site);
      const { place, language } = order;
      if (!walkInOptions(values, 'desk' in place ? 'kiosk' : 'portal')) return { status: 'closed' };
      const { person, problems } = parseWalkIn(order.form);
      const found = problems.host ? undefined : hostOf(values, person.host);
      if (found && found.status !== 'found') problems.host = `host-${found.status}`;
      const accepted = await acceptedTerms(site, order.terms);
      if (accepted === undefined && (await terms.current(site))) problems.terms = 'terms';
      if (found?.status !== 'found' || Object.keys(problems).length > 0)
        return { status: 'invalid', problems };
      if ((await deps.blocked(site))(person).length > 0) return { status: 'busy' };
      const { host } = found;
      if (!values['walkIns.hostApproval'])
        return registerAtOnce(site, { ...order, form: person }, values, host, accepted);

      const id = newId();
      const code = `${site}.${randomBytes(16).toString('base64url')}`;
      const answerBy = now() + ANSWER_MS;
      const request = {
        id,
        place,
        name: person.name,
        email: person.email,
        host: host.name,
        hostEmail: host.email,
        hostDigest: sealing.digest('host', host.email.toLowerCase()),
        linkDigest: linkDigest(code),
        language,
        ...(accepted === undefined ? {} : { terms: accepted }),
        answerBy,
        mail: await deps.mail.prepare(site, {
          kind: 'host-approval',
          to: host.email,
          name: host.name,
          data: {
            name: person.name,
            email: person.email,
            host: host.name,
            ...('client' in place ? { mac: place.client.mac } : {}),
            link: `${deps.peopleOrigin()}/approve/${code}`,
          },
          expiresAt: answerBy,
        }),
      };
      const asked = await store.ask(site, request, now());
      if (asked.status === 'busy') return asked;
      if (asked.status === 'open') return { status: 'asked', request: asked.request };
      await deps.mail.announce();
      return { status: 'asked', request: id };
    },

    find: (site: SiteId, id: string): Promise<WalkInRequest | undefined> => store.find(site, id),

    /** May a tablet show the PIN of this request? Once, and again only to whoever still stands there. */
    async mayShow(site: SiteId, id: string): Promise<boolean> {
      const at = await store.noteShown(site, id, now());
      return at !== undefined && now() - at < SHOWN_MS;
    },

    /** The newest request of a device. */
    ofClient: (site: SiteId, gateway: GatewayId, mac: ClientMac): Promise<WalkInRequest | undefined> =>
      store.ofClient(site, gateway, mac),

    /** Those that wait for an answer, the oldest first. */
    async open(site: SiteId): Promise<WaitingRequest[]> {
      const [requests, problemsOf] = await Promise.all([store.open(site, now()), deps.blocked(site)]);
      return requests.map((request) => ({ ...request, problems: problemsOf(subjectOf(request)) }));
    },

    byLink,

    /** The desk answers in the host's place. The first answer stands. */
    approve: (site: SiteId, id: string, by: string): Promise<AnswerResult> =>
      answer(site, id, 'approved', by),
    decline: (site: SiteId, id: string, by: string): Promise<AnswerResult> =>
      answer(site, id, 'declined', by),

    /** The host answers by the link in the mail. */
    async answerByLink(code: string, outcome: 'approved' | 'declined'): Promise<AnswerResult> {
      const found = await byLink(code);
      return found ? answer(found.site, found.request.id, outcome, 'host') : { status: 'unknown' };
    },
  };
}

/** The device that waits, where one does. */
const deviceOf = (from: WalkInRequest['from']): { mac?: ClientMac } =>
  'mac' in from ? { mac: from.mac } : {};

/** Whom the block list is asked about: the visitor, with the device that waits. */
const subjectOf = ({ name, email, from }: WalkInRequest): Subject => ({
  name,
  email,
  ...deviceOf(from),
});

const CODE = /^[a-z0-9-]{1,32}\.[A-Za-z0-9_-]{22}$/;
