import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseRecordId } from '../../domain/id.js';
import { type PersonQuery, parsePersonQuery } from '../../domain/person.js';
import { visitState } from '../../domain/visit.js';
import type { AuditEntry } from '../../services/audit-words.js';
import { dossierObject } from '../../services/dossier-object.js';
import { iso } from '../../services/objects.js';
import type { Dossier } from '../../services/privacy.js';
import { byField, text, texts } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { confirmPage } from './shell.js';

/** What was typed, as it was typed. */
interface Typed {
  name: string;
  email: string;
  mac: string;
}

export interface PrivacyPage {
  typed: Typed;
  problems?: Record<string, string | undefined>;
  /** What is held; absent before somebody was looked for. */
  found?: Dossier;
  /** What the log says of each visit, in words. */
  told?: ReadonlyMap<string, AuditEntry[]>;
  now: number;
}

/** Visits of which the page tells the log; the export has it of all. */
const TOLD_MOST = 50;

const count = (many: number, one: string, more: string): string => `${many} ${many === 1 ? one : more}`;

const HELD: Readonly<Record<string, readonly [one: string, more: string]>> = {
  mails: ['mail', 'mails'],
  'walk-ins': ['request as a walk-in', 'requests as a walk-in'],
  'host-logins': ['sign-in as a host', 'sign-ins as a host'],
};
const heldWords = (name: string, many: number): string => count(many, ...(HELD[name] ?? [name, name]));

/** Who is looked for, and what is held about them. */
export function privacyPage({ typed, problems = {}, found, told = new Map(), now }: PrivacyPage): Page {
  const held = Object.entries(found?.held ?? {}).filter(([, items]) => items.length > 0);
  return {
    template: 'admin/privacy',
    data: {
      typed,
      problems,
      asked: found !== undefined,
      nothing: found && isNothing(found),
      visits:
        found?.visits.map((one) => ({
          ...one,
          state: visitState(one.visit, now),
          told: told.get(one.visit.id) ?? [],
        })) ?? [],
      hosting: found?.hosting ?? [],
      blocks: found?.blocks ?? [],
      traces: [
        ...(found?.sessions ?? []).map(({ gateway, mac }) => ({
          gateway,
          mac,
          text: 'has a session by the router’s books',
        })),
        ...(found?.seenAt ?? []).map(({ gateway, mac, address }) => ({
          gateway,
          mac,
          text: `was sent to the portal from ${address}`,
        })),
      ],
      held: held.map(([name, items]) => heldWords(name, items.length)),
    },
  };
}

const isNothing = ({ visits, hosting, blocks, sessions, seenAt, held }: Dossier): boolean =>
  [visits, hosting, blocks, sessions, seenAt, ...Object.values(held)].every((list) => list.length === 0);

const typedIn = (body: unknown): Typed => ({
  name: text(body, 'name'),
  email: text(body, 'email'),
  mac: text(body, 'mac'),
});

/** Whom a page asks about travels in forms only: an address of this listener never names anybody. */
export async function privacyPages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { audit, privacy } = runtime.services;
  const { now } = runtime;
  const config = { role: 'admin' } as const;

  app.get('/privacy', { config }, ask);
  app.post('/privacy', { config }, search);
  app.post('/privacy/export', { config }, download);
  app.post('/privacy/erasing', { config }, confirm);
  app.post('/privacy/erase', { config }, erase);
  for (const path of ['/privacy/export', '/privacy/erasing', '/privacy/erase'])
    app.get(path, { config }, async (_, reply) => reply.redirect('/privacy', 303));

  async function ask(request: FastifyRequest, reply: FastifyReply) {
    return shell.show(request, reply, privacyPage({ typed: typedIn(undefined), now: now() }));
  }

  /** Whom the form means, or the page that says what is wrong with it. */
  async function queryOf(request: FastifyRequest, reply: FastifyReply): Promise<PersonQuery | undefined> {
    const typed = typedIn(request.body);
    const parsed = parsePersonQuery(typed);
    if (parsed.ok) return parsed.query;
    const page = privacyPage({ typed, problems: byField(parsed.problems), now: now() });
    await shell.show(request, reply, page, 422);
    return undefined;
  }

  async function search(request: FastifyRequest, reply: FastifyReply) {
    const query = await queryOf(request, reply);
    if (!query) return reply;
    const { site } = request.caller;
    const found = await privacy.find(site, query);
    const told = new Map<string, AuditEntry[]>();
    for (const { visit } of found.visits.slice(0, TOLD_MOST))
      told.set(visit.id, await audit.ofVisit(site, visit.id));
    return shell.show(request, reply, privacyPage({ typed: typedIn(request.body), found, told, now: now() }));
  }

  async function download(request: FastifyRequest, reply: FastifyReply) {
    const query = await queryOf(request, reply);
    if (!query) return reply;
    const { site, by } = request.caller;
    const dossier = await privacy.export(site, query, by);
    const file = { exportedAt: iso(now()), site, ...dossierObject(dossier, now()) };
    return reply
      .headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
      .header('Content-Disposition', `attachment; filename="held-${iso(now()).slice(0, 10)}.json"`)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(file, null, 2));
  }

  async function confirm(request: FastifyRequest, reply: FastifyReply) {
    const query = await queryOf(request, reply);
    if (!query) return reply;
    const { site } = request.caller;
    const chosen = new Set(texts(request.body, 'visit'));
    const keepBlocks = text(request.body, 'keepBlocks') === 'true';
    const found = await privacy.find(site, query, false);
    const visits = found.visits.filter(({ visit }) => chosen.has(visit.id));
    const spared = found.visits.length - visits.length;
    const online = visits.flatMap(({ grants }) =>
      grants.filter(({ grant }) => grant.endedAt === undefined && grant.until > now()),
    );
    const words = await shell.wordsFor(request);
    const devices = new Set(online.map(({ grant }) => grant.mac)).size;
    const others = Object.entries(found.held).filter(([, items]) => items.length > 0);
    const lines = [
      visits.length === 0
        ? 'No visit is erased.'
        : `${count(visits.length, 'visit is', 'visits are')} erased: ${visits
            .slice(0, 10)
            .map(({ visit }) => `${visit.name}, ${words.moment(visit.terms.arrivalAt)}`)
            .join('; ')}${visits.length > 10 ? '; and others' : ''}.`,
      ...(devices > 0 ? [`${count(devices, 'device goes', 'devices go')} offline now.`] : []),
      ...(spared > 0
        ? [`${count(spared, 'visit', 'visits')} that you did not choose ${spared === 1 ? 'stays' : 'stay'}.`]
        : []),
      ...(spared === 0 && found.hosting.length > 0
        ? [
            `${count(found.hosting.length, 'visit of somebody else names', 'visits of others name')} no host any more.`,
          ]
        : []),
      ...(spared === 0 && others.length > 0
        ? [`Also erased: ${others.map(([name, items]) => heldWords(name, items.length)).join(', ')}.`]
        : []),
      ...(found.blocks.length > 0
        ? [
            keepBlocks
              ? count(found.blocks.length, 'line of the block list stays.', 'lines of the block list stay.')
              : `${count(found.blocks.length, 'line is', 'lines are')} taken off the block list.`,
          ]
        : []),
      'This cannot be undone. The log keeps that something was erased, when and by whom, without the name.',
    ];
    return shell.show(
      request,
      reply,
      confirmPage({
        title: 'Erase what is held?',
        lines,
        action: '/privacy/erase',
        button: 'Erase it for good',
        fields: {
          ...typedIn(request.body),
          visits: visits.map(({ visit }) => visit.id).join(' '),
          keepBlocks: String(keepBlocks),
        },
        back: '/privacy',
      }),
    );
  }

  async function erase(request: FastifyRequest, reply: FastifyReply) {
    const query = await queryOf(request, reply);
    if (!query) return reply;
    const { site, by } = request.caller;
    const visits = text(request.body, 'visits')
      .split(' ')
      .flatMap((id) => parseRecordId(id) ?? []);
    const keepBlocks = text(request.body, 'keepBlocks') === 'true';
    const erased = await privacy.erase(site, query, { visits, keepBlocks }, by);
    const waiting =
      erased.waiting === 0
        ? ''
        : ` ${count(erased.waiting, 'device', 'devices')} could not be sent off yet: the hardware address goes when the gateway has done it, or the time is over.`;
    return shell.goOn(request, reply, '/privacy', {
      text: `Erased: ${count(erased.visits, 'visit', 'visits')}.${waiting}`,
      ...(erased.waiting > 0 ? { tone: 'warn' as const } : {}),
    });
  }
}
