import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pinGroups } from '../../domain/pin.js';
import { standingOf } from '../../domain/standing.js';
import type { Visit } from '../../domain/visit.js';
import { AppError } from '../../errors.js';
import { devicesOf, type VisitDevice } from '../../services/device-view.js';
import type { StoryLine } from '../../services/visit-timeline.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { Words } from '../pages/times.js';
import type { AdminDeps } from './deps.js';
import { extensionsOf } from './extensions.js';
import { createPinPass } from './pin-pass.js';
import {
  grantLabel,
  type Label,
  mailLabel,
  spanWords,
  standingLabel,
  tokenLabel,
  windowWords,
  wordsFor,
} from './visit-words.js';

export interface VisitPage {
  visit: Visit;
  state: Label;
  token: Label;
  window: string;
  /** Its clock is another one than the site's. */
  zone: string | undefined;
  stay: string;
  /** The PIN in groups and the way to the page that has it filled in, where this page may show it. */
  pin: { groups: string[]; claim: string; fresh: boolean } | undefined;
  pinGone: boolean;
  devices: (VisitDevice & { label: Label; faultWords: string })[];
  gateways: string[];
  extensions: { text: string; fields: Record<string, string> }[];
  can: {
    change: boolean;
    checkIn: boolean;
    checkOut: boolean;
    cancel: boolean;
    admit: boolean;
    notify: boolean;
  };
  /** The newest mail to the visitor. */
  mail: { label: Label; at: number; words: string } | undefined;
  story: StoryLine[];
  /** On the visit's own clock. */
  words: Words;
}

/** One visit with everything that the desk does with it. */
export const visitPage = (data: VisitPage): Page => ({ template: 'admin/visit', data });

/** `/visits/:id`: what is so, and what happened. */
export async function visitRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, stores, now } = runtime;
  const pass = createPinPass(runtime);

  /** The PIN where this login was just given it: by registering, re-issuing or asking. */
  async function shownPin(request: FastifyRequest, visit: Visit): Promise<VisitPage['pin']> {
    const shown = text(request.query, 'shown');
    if (!pass.holds(shown, request.session.login.digest, visit.id)) return undefined;
    const found = await services.visits.showPin(request.caller.site, visit.id);
    if (!found) return undefined;
    const claim = `${runtime.portalOrigin()}/claim/${found.claim}`;
    return { groups: pinGroups(found.pin), claim, fresh: now() - visit.createdAt < 5 * 60_000 };
  }

  app.get<{ Params: { id: string } }>('/visits/:id', async (request, reply) => {
    const { site } = request.caller;
    const visit = await services.visits.find(site, visitId(request.params.id));
    if (!visit) throw new AppError('not-found', 'There is no such visit; it may have been erased.');
    const at = now();
    const words = wordsFor(request, visit.timeZone, at);
    const [held, { values }, story, pin] = await Promise.all([
      stores.grants.ofVisits(site, [visit.id]),
      services.settings.read(site),
      services.visitTimeline(site, visit, (end) =>
        words.day(end) === words.day(at) ? words.clock(end) : words.moment(end),
      ),
      shownPin(request, visit),
    ]);
    const over = visit.cancelledAt !== undefined || visit.checkedOutAt !== undefined;
    const standing = standingOf(visit, at);
    const end = visit.terms.endAt ?? visit.terms.arrivalAt + visit.terms.durationMs;
    return shell.show(
      request,
      reply,
      visitPage({
        visit,
        state: standingLabel(visit, at),
        token: tokenLabel(visit, at),
        window: windowWords(visit, words),
        zone: visit.timeZone === values['site.timeZone'] ? undefined : visit.timeZone,
        stay: spanWords(visit.terms.arrivalAt, end, words),
        pin,
        pinGone: over,
        devices: devicesOf(visit, held.get(visit.id) ?? [], at).map((device) => ({
          ...device,
          label: grantLabel(device.state),
          faultWords: services.visitTimeline.faultWords(device.fault),
        })),
        gateways: services.registry.ofSite(site).map(({ id }) => id),
        extensions: over ? [] : extensionsOf(visit, values['tokens.presets'], at),
        can: {
          change: !over,
          checkIn: !over && visit.checkedInAt === undefined,
          checkOut: !over && (visit.checkedInAt !== undefined || standing === 'here'),
          cancel: !over,
          admit: !over && visit.hasToken,
          notify: !over && visit.email !== undefined && standing !== 'missed',
        },
        mail: visit.mail && { ...visit.mail, label: mailLabel(visit.mail.state) },
        story,
        words,
      }),
    );
  });
}

const RECORD = /^[A-Za-z0-9_-]{1,64}$/;

/** A visit's id as it stands in a path. */
export function visitId(path: string): string {
  if (!RECORD.test(path)) throw new AppError('not-found');
  return path;
}
