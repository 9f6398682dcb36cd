import { readRange } from '../domain/local-time.js';
import { queryWords, type Visit, type VisitState } from '../domain/visit.js';
import {
  grantObject,
  portalOrigin,
  type VisitObject,
  visitObject,
  visitWithPin,
} from '../services/objects.js';
import type { Changed, Refused } from '../services/visits.js';
import {
  type Answer,
  type Command,
  type Invocation,
  optional,
  Refusal,
  refuseProblems,
  required,
  table,
  Usage,
  whole,
} from './command.js';

const REASONS = {
  'visit-cancelled': 'The visit is cancelled.',
  'visit-checked-out': 'The visitor has checked out.',
  'visit-checked-in': 'The visitor is checked in already.',
  busy: 'Too many changed this visit at once. Try again.',
} as const;

const STATES: readonly VisitState[] = ['expected', 'checked-in', 'checked-out', 'cancelled', 'no-show'];
const PAGE = 200;

const noVisit = (id: string): Refusal => new Refusal(`There is no visit "${id}".`);

function refuse(result: Refused, id: string): never {
  if (result.status === 'unknown') throw noVisit(id);
  if (result.status === 'invalid') refuseProblems(result.problems);
  throw new Refusal(REASONS[result.why]);
}

function tokenLine({ token }: VisitObject): string {
  if (!token) return 'no token: check-in only';
  const { state, from, until, startBy } = token;
  return from && until ? `${state}, ${from} to ${until}` : `${state}, to be started by ${startBy ?? '?'}`;
}

function details(visit: VisitObject): string[] {
  return table([
    ['Visit', visit.id],
    ['Name', visit.name],
    ['E-mail', visit.email ?? ''],
    ['Host', visit.host ?? ''],
    ['Arrival', `${visit.expectedArrival} ${visit.timeZone}`],
    ['State', visit.state],
    ['Token', tokenLine(visit)],
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
    const result = await run(invocation, id);
    if (result.status !== 'changed') refuse(result, id);
    const visit = visitObject(result.visit, invocation.runtime.now());
    return { json: visit, lines: [said(visit, result.cut)] };
  },
});

const issued = (
  { runtime, config }: Invocation,
  made: { visit: Visit; pin: string; claim: string },
): Answer => {
  const json = visitWithPin(made, runtime.now(), portalOrigin(config));
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

/** What `--minutes`, `--by` and `--until` of `visit extend` come to. */
function extension({ options }: Invocation, before: Visit): Record<string, unknown> {
  const [minutes, by, until] = [
    optional(options, 'minutes'),
    optional(options, 'by'),
    optional(options, 'until'),
  ];
  if ([minutes, by, until].filter((one) => one !== undefined).length !== 1) {
    throw new Usage('give one of --by, --minutes, --until');
  }
  if (until !== undefined) return { until };
  if (minutes !== undefined) return { durationMinutes: whole(minutes, 'minutes') };
  const more = whole(by ?? '', 'by');
  const { endAt, durationMs } = before.terms;
  return endAt === undefined
    ? { durationMinutes: durationMs / 60_000 + more }
    : { until: new Date(endAt + more * 60_000).toISOString() };
}

export const visitCommands: readonly Command[] = [
  {
    name: 'visit add',
    usage:
      '--name <name> --email <address> --arrives <time> [--minutes <n> | --until <time>] [--devices <n>] [--host-email <address>]',
    help: "Register a visit and print its PIN. Times are local in the site's zone (2026-11-23T09:00) or have an offset.",
    options: {
      name: 'text',
      email: 'text',
      arrives: 'text',
      minutes: 'text',
      until: 'text',
      devices: 'text',
      'host-email': 'text',
    },
    async run(invocation) {
      const { options, runtime, site, by } = invocation;
      const [minutes, devices] = [optional(options, 'minutes'), optional(options, 'devices')];
      const input = {
        name: required(options, 'name'),
        email: optional(options, 'email'),
        expectedArrival: required(options, 'arrives'),
        durationMinutes: minutes === undefined ? undefined : whole(minutes, 'minutes'),
        until: optional(options, 'until'),
        maxDevices: devices === undefined ? undefined : whole(devices, 'devices'),
        host: optional(options, 'host-email'),
      };
      const result = await runtime.services.visits.register(site, input, by);
      if (result.status === 'invalid') refuseProblems(result.problems);
      return issued(invocation, result);
    },
  },
  {
    name: 'visit list',
    usage: '[--q <words>] [--state <state>] [--from <time>] [--to <time>]',
    help: 'Visits by expected arrival.',
    options: { q: 'text', state: 'text', from: 'text', to: 'text' },
    async run({ options, runtime, site }) {
      const state = optional(options, 'state') as VisitState | undefined;
      if (state !== undefined && !STATES.includes(state))
        throw new Usage(`--state takes one of ${STATES.join(', ')}`);
      const { values } = await runtime.services.settings.read(site);
      const range = readRange(
        { from: optional(options, 'from'), to: optional(options, 'to') },
        values['site.timeZone'],
      );
      if (!range.ok) refuseProblems(range.problems);
      const words = queryWords(optional(options, 'q') ?? '');
      const query = {
        words,
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
    },
  },
  {
    name: 'visit show',
    usage: '<id> [--pin]',
    help: 'One visit. --pin shows the PIN too, which is logged.',
    options: { pin: 'flag' },
    words: [1, 1],
    async run(invocation) {
      const {
        words: [id = ''],
        options,
        runtime,
        site,
        by,
      } = invocation;
      const visit = await runtime.services.visits.find(site, id);
      if (!visit) throw noVisit(id);
      if (options.pin !== true) {
        const json = visitObject(visit, runtime.now());
        return { json, lines: details(json) };
      }
      const shown = await runtime.services.visits.showPin(site, id);
      if (!shown) throw new Refusal('The PIN of this visit is erased.');
      await runtime.stores.events.append(site, 'pin.shown', { visit: id, by }, runtime.now());
      return issued(invocation, { visit, ...shown });
    },
  },
  {
    ...action(
      'visit extend',
      'Move the end of a visit: by so many minutes more, to a duration, or to a time. Grants follow.',
      async (invocation, id) => {
        const { runtime, site, by } = invocation;
        const before = await runtime.services.visits.find(site, id);
        if (!before) throw noVisit(id);
        return runtime.services.visits.change(site, id, extension(invocation, before), by);
      },
      (visit) => `Token of ${visit.name}: ${tokenLine(visit)}.`,
    ),
    usage: '<id> --by <minutes> | --minutes <n> | --until <time>',
    options: { by: 'text', minutes: 'text', until: 'text' },
  },
  action(
    'visit cancel',
    'The PIN is dead, its devices go off the network.',
    ({ runtime, site, by }, id) => runtime.services.visits.cancel(site, id, by),
    (visit, cut) => `Cancelled the visit of ${visit.name}; devices taken off the network: ${cut}.`,
  ),
  action(
    'visit check-in',
    'The visitor is here.',
    ({ runtime, site, by }, id) => runtime.services.visits.checkIn(site, id, by),
    (visit) => `Checked in ${visit.name}. Token: ${tokenLine(visit)}.`,
  ),
  action(
    'visit check-out',
    'The visitor has left: the token ends.',
    ({ runtime, site, by }, id) => runtime.services.visits.checkOut(site, id, by),
    (visit, cut) => `Checked out ${visit.name}; devices taken off the network: ${cut}.`,
  ),
  {
    name: 'visit reissue',
    usage: '<id> [--drop-devices]',
    help: 'A new PIN; the old one is dead. Devices stay on the network unless dropped.',
    options: { 'drop-devices': 'flag' },
    words: [1, 1],
    async run(invocation) {
      const {
        words: [id = ''],
        options,
        runtime,
        site,
        by,
      } = invocation;
      const dropDevices = options['drop-devices'] === true;
      const result = await runtime.services.visits.reissue(site, id, { dropDevices }, by);
      if (result.status !== 'changed') refuse(result, id);
      return issued(invocation, result);
    },
  },
  {
    name: 'grant list',
    usage: '[--visit <id>]',
    help: 'Grants, newest first.',
    options: { visit: 'text' },
    async run({ options, runtime, site }) {
      const { grants } = runtime.stores;
      const visit = optional(options, 'visit');
      const found = visit === undefined ? [] : await grants.ofVisit(site, visit);
      for (let cursor: string | null | undefined; visit === undefined && cursor !== null; ) {
        const page = await grants.list(site, {
          limit: PAGE,
          ...(cursor === undefined ? {} : { cursor }),
        });
        found.push(...page.items);
        cursor = page.next;
      }
      const now = runtime.now();
      const items = await Promise.all(
        found
          .sort((a, b) => b.from - a.from)
          .map(async (grant) => grantObject(grant, await grants.access(site, grant.gateway, grant.mac), now)),
      );
      const rows = items.map(({ id, gateway, mac, state, from, until }) => [
        id,
        gateway,
        mac,
        state,
        from,
        until,
      ]);
      return {
        json: { items, next: null },
        lines: table([['GRANT', 'GATEWAY', 'MAC', 'STATE', 'FROM', 'UNTIL'], ...rows]),
      };
    },
  },
  {
    name: 'grant revoke',
    usage: '<id>',
    help: 'End a grant now; the device keeps its slot.',
    words: [1, 1],
    async run({ words: [id = ''], runtime, site, by }) {
      const grant = await runtime.services.visits.revokeGrant(site, id, by);
      if (!grant) throw new Refusal(`There is no grant "${id}".`);
      const access = await runtime.stores.grants.access(site, grant.gateway, grant.mac);
      const json = grantObject(grant, access, runtime.now());
      return { json, lines: [`Grant ${id} is ${json.state}.`] };
    },
  },
];
