import { parseRecordId } from '../domain/id.js';
import { localOf, readRange } from '../domain/local-time.js';
import { queryWords, VISIT_STATES, type Visit, type VisitState } from '../domain/visit.js';
import { ERRORS } from '../errors.js';
import { type VisitObject, visitObject, visitWithPin } from '../services/objects.js';
import type { Changed, Refused } from '../services/visits.js';
import {
  type Answer,
  type Command,
  type Given,
  type Invocation,
  optional,
  Refusal,
  refuseProblems,
  required,
  table,
  Usage,
  whole,
} from './command.js';

const PAGE = 200;
const MINUTE_MS = 60_000;

/** Fields of a visit as the options name them. */
const LABELS = {
  name: '--name',
  email: '--email',
  expectedArrival: '--arrives',
  durationMinutes: '--minutes',
  until: '--until',
  maxDevices: '--devices',
  hostEmail: '--host-email',
  language: '--language',
  from: '--from',
  to: '--to',
};

export const noVisit = (id: string): Refusal => new Refusal(`There is no visit "${id}".`);

async function find({ runtime, site }: Invocation, id: string): Promise<Visit> {
  const visit = parseRecordId(id) ? await runtime.services.visits.find(site, id) : undefined;
  if (!visit) throw noVisit(id);
  return visit;
}

function refuse(result: Refused, id: string): never {
  if (result.status === 'unknown') throw noVisit(id);
  if (result.status === 'invalid') refuseProblems(result.problems, LABELS);
  throw new Refusal(`${ERRORS[result.why].title}.`);
}

function tokenLine({ token, timeZone }: VisitObject): string {
  if (!token) return 'no token: check-in only';
  const { state, from, until, startBy } = token;
  const local = (instant: string): string => localOf(Date.parse(instant), timeZone);
  if (from && until) return `${state}, ${local(from)} to ${local(until)} ${timeZone}`;
  return `${state}, to be started by ${startBy ? `${local(startBy)} ${timeZone}` : '?'}`;
}

function mailLine({ mail }: VisitObject): string {
  if (!mail) return 'none';
  return mail.words === '' ? mail.state : `${mail.state}: ${mail.words}`;
}

function details(visit: VisitObject): string[] {
  return table([
    ['Visit', visit.id],
    ['Name', visit.name],
    ['E-mail', visit.email ?? ''],
    ['Host', [visit.host, visit.hostEmail].filter(Boolean).join(' ')],
    ['Arrival', `${visit.expectedArrival} ${visit.timeZone}`],
    ['State', visit.state],
    ['Token', tokenLine(visit)],
    ['Mail', mailLine(visit)],
    [
      'Devices',
      `${visit.devices.length} of ${visit.maxDevices}${visit.devices.map(({ mac }) => ` ${mac}`).join('')}`,
    ],
  ]);
}

/** One transition of the visit that the first word names. */
const action = (
  name: string,
  help: string,
  run: (invocation: Invocation, id: string) => Promise<Changed>,
  said: (visit: VisitObject, cut: number) => string,
): Command => ({
  name,
  usage: '<id>',
  help,
  words: [1, 1],
  async run(invocation) {
    const [id = ''] = invocation.words;
    if (!parseRecordId(id)) throw noVisit(id);
    const result = await run(invocation, id);
    if (result.status !== 'changed') refuse(result, id);
    const visit = visitObject(result.visit, invocation.runtime.now());
    const { runtime, site } = invocation;
    const staying = await runtime.services.staying(site, id);
    return { json: visit, lines: [said(visit, result.cut), ...staying] };
  },
});

const issued = ({ runtime }: Invocation, made: { visit: Visit; pin: string; claim: string }): Answer => {
  const json = visitWithPin(made, runtime.now(), runtime.portalOrigin());
  return {
    json,
    lines: [
      ...details(json),
      ...table([
        ['PIN', made.pin],
        ['Link', json.claimUrl],
      ]),
    ],
  };
};

const given = (options: Given['options'], names: readonly string[]): number =>
  names.filter((name) => options[name] !== undefined).length;

/** What `--minutes`, `--by` and `--until` of `visit extend` come to. */
function extension(
  { options }: Invocation,
  { terms: { endAt, durationMs } }: Visit,
): Record<string, unknown> {
  const by = whole(options, 'by');
  if (by === undefined)
    return { until: optional(options, 'until'), durationMinutes: whole(options, 'minutes') };
  return endAt === undefined
    ? { durationMinutes: durationMs / MINUTE_MS + by }
    : { until: new Date(endAt + by * MINUTE_MS).toISOString() };
}

async function register(invocation: Invocation): Promise<Answer> {
  const { options, runtime, site, by } = invocation;
  const input = {
    name: required(options, 'name'),
    email: optional(options, 'email'),
    expectedArrival: required(options, 'arrives'),
    durationMinutes: whole(options, 'minutes'),
    until: optional(options, 'until'),
    maxDevices: whole(options, 'devices'),
    hostEmail: optional(options, 'host-email'),
    language: optional(options, 'language'),
    ...(options['no-mail'] === true ? { notify: false } : {}),
  };
  const result = await runtime.services.visits.register(site, input, by);
  if (result.status === 'invalid') refuseProblems(result.problems, LABELS);
  return issued(invocation, result);
}

async function list({ options, runtime, site }: Invocation): Promise<Answer> {
  const state = optional(options, 'state') as VisitState | undefined;
  const { values } = await runtime.services.settings.read(site);
  const range = readRange(
    { from: optional(options, 'from'), to: optional(options, 'to') },
    values['site.timeZone'],
  );
  if (!range.ok) refuseProblems(range.problems, LABELS);
  const query = {
    words: queryWords(optional(options, 'q') ?? ''),
    limit: PAGE,
    ...range.range,
    ...(state === undefined ? {} : { state }),
  };
  const items: VisitObject[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await runtime.services.visits.list(site, {
      ...query,
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...page.items.map((visit) => visitObject(visit, runtime.now())));
    cursor = page.next;
  }
  const rows = items.map((visit) => [
    visit.id,
    visit.expectedArrival,
    visit.name,
    visit.state,
    tokenLine(visit),
  ]);
  return {
    json: { items, next: null },
    lines: table([['VISIT', 'ARRIVAL', 'NAME', 'STATE', 'TOKEN'], ...rows]),
  };
}

async function show(invocation: Invocation): Promise<Answer> {
  const { words, options, runtime, site, by } = invocation;
  const [id = ''] = words;
  const visit = await find(invocation, id);
  if (options.pin !== true) {
    const json = visitObject(visit, runtime.now());
    return { json, lines: details(json) };
  }
  const shown = await runtime.services.visits.showPin(site, id);
  if (!shown) throw new Refusal('The PIN of this visit is erased.');
  await runtime.stores.events.append(site, 'pin.shown', { visit: id, by }, runtime.now());
  return issued(invocation, { visit, ...shown });
}

async function reissue(invocation: Invocation): Promise<Answer> {
  const { words, options, runtime, site, by } = invocation;
  const [id = ''] = words;
  if (!parseRecordId(id)) throw noVisit(id);
  const dropDevices = options['drop-devices'] === true;
  const result = await runtime.services.visits.reissue(site, id, { dropDevices }, by);
  if (result.status !== 'changed') refuse(result, id);
  return issued(invocation, result);
}

export const visitCommands: readonly Command[] = [
  {
    name: 'visit add',
    usage:
      '--name <name> --arrives <time> [--email <address>] [--minutes <n> | --until <time>] [--devices <n>] [--host-email <address>] [--language <tag>] [--no-mail]',
    help: "Register a visit, print its PIN and send it by mail to --email unless --no-mail; --host-email is told of the arrival. Times are local in the site's zone (2026-11-23T09:00) or have an offset (2026-11-23T09:00+01:00).",
    options: {
      name: 'text',
      email: 'text',
      arrives: 'text',
      minutes: 'whole',
      until: 'text',
      devices: 'whole',
      'host-email': 'text',
      language: 'text',
      'no-mail': 'flag',
    },
    required: ['name', 'arrives'],
    check({ options }) {
      if (given(options, ['minutes', 'until']) > 1) throw new Usage('give --minutes or --until, not both');
    },
    run: register,
  },
  {
    name: 'visit list',
    usage: '[--q <words>] [--state <state>] [--from <time>] [--to <time>]',
    help: `List visits by expected arrival; --q takes beginnings of words of name, e-mail or host, --state one of ${VISIT_STATES.join(', ')}, --from and --to a date (2026-11-23) or a time.`,
    options: { q: 'text', state: VISIT_STATES, from: 'text', to: 'text' },
    reads: true,
    run: list,
  },
  {
    name: 'visit show',
    usage: '<id> [--pin]',
    help: 'Show one visit; --pin shows its PIN too, which is written to the log.',
    options: { pin: 'flag' },
    words: [1, 1],
    reads: true,
    run: show,
  },
  {
    ...action(
      'visit extend',
      'Move the end of a visit: by so many minutes more, to a length in minutes, or to a time; its devices follow.',
      async (invocation, id) => {
        const { runtime, site, by } = invocation;
        const before = await find(invocation, id);
        return runtime.services.visits.change(site, id, extension(invocation, before), by);
      },
      (visit) => `Token of ${visit.name}: ${tokenLine(visit)}.`,
    ),
    usage: '<id> --by <minutes> | --minutes <n> | --until <time>',
    options: { by: 'whole', minutes: 'whole', until: 'text' },
    check({ options }) {
      if (given(options, ['by', 'minutes', 'until']) !== 1)
        throw new Usage('give one of --by, --minutes, --until');
    },
  },
  action(
    'visit cancel',
    'Cancel a visit: its PIN is dead, its devices go off the network.',
    ({ runtime, site, by }, id) => runtime.services.visits.cancel(site, id, by),
    (visit, cut) => `Cancelled the visit of ${visit.name}; devices taken off the network: ${cut}.`,
  ),
  action(
    'visit check-in',
    'Note that the visitor is here.',
    ({ runtime, site, by }, id) => runtime.services.visits.checkIn(site, id, by),
    (visit) => `Checked in ${visit.name}. Token: ${tokenLine(visit)}.`,
  ),
  action(
    'visit check-out',
    'Note that the visitor has left: the token ends and its devices go off the network, unless tokens.endOnCheckOut is false.',
    ({ runtime, site, by }, id) => runtime.services.visits.checkOut(site, id, by),
    (visit, cut) => `Checked out ${visit.name}; devices taken off the network: ${cut}.`,
  ),
  {
    name: 'visit reissue',
    usage: '<id> [--drop-devices]',
    help: 'Make a new PIN and print it: the old one is dead, devices stay on the network unless dropped.',
    options: { 'drop-devices': 'flag' },
    words: [1, 1],
    run: reissue,
  },
];
