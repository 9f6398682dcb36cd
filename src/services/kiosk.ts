import { dailyRisk } from '../domain/guessing.js';
import type { SiteId } from '../domain/id.js';
import { normalisePin } from '../domain/pin.js';
import type { Sealing } from '../domain/sealing.js';
import type { Visit } from '../domain/visit.js';
import type { DeskStore } from '../redis/desks.js';
import type { DeskSession } from './desks.js';
import type { SettingsService } from './settings.js';
import type { Changed, VisitService } from './visits.js';

/** What a visitor may do next at the desk. */
export type NextStep = 'check-in' | 'check-out';

/** Who stands at the desk, by the PIN that was typed or the QR code that was shown. */
export type Recognised =
  /** `ticket`: stands for it in the form that follows, for a short while and at this desk only. */
  | { status: 'visit'; visit: Visit; step: NextStep; ticket: string }
  /** Expected on another day. */
  | { status: 'early'; visit: Visit }
  | Unrecognised;

type Unrecognised =
  | { status: 'malformed' | 'refused' | 'cancelled' | 'checked-out' | 'email' }
  | { status: 'throttled'; retryAfterMs: number };

/** Whose PIN it is, before anything is done with it. */
type Judged = { status: 'visit'; visit: Visit } | { status: 'early'; visit: Visit } | Unrecognised;

/** What became of a check-in by PIN in one go. `changed`, and the other ways in which a change can end: see `Changed`. */
export type CheckedIn = Changed | { status: 'early'; visit: Visit } | Unrecognised;

export interface TypedPin {
  pin: string;
  email?: string;
}

export type Done =
  | { status: 'done'; step: NextStep; visit: Visit }
  /** The form was open for too long, or came from another desk. */
  | { status: 'stale' }
  | { status: 'cancelled' | 'checked-out' | 'checked-in' };

interface Ticket {
  visit: string;
  step: NextStep;
  at: number;
}

const TICKET_MS = 2 * 60_000;
/** Who is expected later than that comes back then. */
const EARLY_MS = 12 * 3_600_000;
const CLAIM = /(?:^|\/claim\/)([A-Za-z0-9_-]{8,64})$/;
const SCANNED_MOST = 500;

export type KioskService = ReturnType<typeof createKiosk>;

export interface KioskDeps {
  desks: DeskStore;
  visits: Pick<VisitService, 'find' | 'claimed' | 'checkIn' | 'checkOut'>;
  settings: SettingsService;
  sealing: Sealing;
  now: () => number;
}

/** What a check-in desk, or a program in its place, does for whoever stands at it. */
export function createKiosk({ desks, visits, settings, sealing, now }: KioskDeps) {
  const seal = ({ desk }: DeskSession, ticket: Ticket): string =>
    sealing.seal('kiosk', `desk ${desk.id}`, JSON.stringify(ticket));

  function open({ desk }: DeskSession, sealed: string): Ticket | undefined {
    const text = sealing.unseal('kiosk', `desk ${desk.id}`, sealed);
    const ticket = text === undefined ? undefined : (JSON.parse(text) as Ticket);
    return ticket && now() - ticket.at < TICKET_MS ? ticket : undefined;
  }

  async function judge(site: SiteId, id: string): Promise<Judged> {
    const visit = await visits.find(site, id);
    if (!visit) return { status: 'refused' };
    if (visit.cancelledAt !== undefined) return { status: 'cancelled' };
    if (visit.checkedOutAt !== undefined) return { status: 'checked-out' };
    const early = visit.checkedInAt === undefined && visit.terms.arrivalAt - now() > EARLY_MS;
    return early ? { status: 'early', visit } : { status: 'visit', visit };
  }

  /** `source`: the desk at which it was typed, or the program that asks. */
  async function judgePin(site: SiteId, source: string, typed: TypedPin): Promise<Judged> {
    const pin = normalisePin(typed.pin);
    if (!pin) return { status: 'malformed' };
    const { values } = await settings.read(site);
    const asked = {
      digest: sealing.pinDigest(site, pin),
      mailDigest: typed.email ? sealing.digest('mail', typed.email) : '',
      desk: source,
      capacity: dailyRisk(values['pin.guessOdds']),
    };
    const checked = await desks.checkPin(site, asked, now());
    return checked.status === 'visit' ? judge(site, checked.visit) : checked;
  }

  function recognise(session: DeskSession, judged: Judged): Recognised {
    if (judged.status !== 'visit') return judged;
    const { visit } = judged;
    const step = visit.checkedInAt === undefined ? 'check-in' : 'check-out';
    return { status: 'visit', visit, step, ticket: seal(session, { visit: visit.id, step, at: now() }) };
  }

  return {
    byPin: async (session: DeskSession, typed: TypedPin): Promise<Recognised> =>
      recognise(session, await judgePin(session.site, session.desk.id, typed)),

    /** Checks in without a question: for a program that asks its own. `by`: as in the log. */
    async checkInByPin(site: SiteId, by: string, typed: TypedPin): Promise<CheckedIn> {
      const judged = await judgePin(site, by, typed);
      return judged.status === 'visit' ? visits.checkIn(site, judged.visit.id, by) : judged;
    },

    /** What the camera read: the claim link, or its code. Too long to be guessed, so nothing is charged. */
    async byCode(session: DeskSession, scanned: string): Promise<Recognised> {
      const [, code] = (scanned.length <= SCANNED_MOST && CLAIM.exec(scanned.trim())) || [];
      const claimed = code && (await visits.claimed(session.site, code));
      return claimed ? recognise(session, await judge(session.site, claimed.visit)) : { status: 'refused' };
    },

    async confirm(session: DeskSession, sealed: string): Promise<Done> {
      const ticket = open(session, sealed);
      if (!ticket) return { status: 'stale' };
      const by = `desk:${session.desk.id}`;
      const act = ticket.step === 'check-in' ? visits.checkIn : visits.checkOut;
      const changed = await act(session.site, ticket.visit, by);
      if (changed.status === 'changed') return { status: 'done', step: ticket.step, visit: changed.visit };
      if (changed.status === 'refused' && changed.why === 'visit-cancelled') return { status: 'cancelled' };
      if (changed.status === 'refused' && changed.why === 'visit-checked-out')
        return { status: 'checked-out' };
      if (changed.status === 'refused' && changed.why === 'visit-checked-in') return { status: 'checked-in' };
      return { status: 'stale' };
    },
  };
}
