import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { type Client, type DriverContext, DriverError } from '../driver.js';
import type { Http, HttpAnswer, HttpCall } from '../http.js';
import { createLogin, EXPIRED } from '../login.js';
import { shareReading } from '../sharing.js';
import { DONE, type Reply, refuseOverload, replyOf, rowsOf } from './answers.js';
import { appOf, type OmadaFields } from './fields.js';
import type { Operator } from './operator.js';
import { hyphened, type Way } from './redirect.js';

/** The controller's Open API, asked who is where: TP-Link's Open API Access Guide, controllers from 5.13 on. */

/** Ten requests a second are let through, for all apps together: half of them are left to the others. */
const SPACING_MS = 200;
/** How long nothing is asked after there were too many. */
const REST_MS = 1000;
const PAGE = 1000;
const PAGES_MOST = 50;
/** A token is renewed so long before it ends. */
const RENEW_MS = 60_000;
const EXPIRED_CODES = new Set([-44_112, -44_113]);
const NO_APP = new Set([-44_106, -44_111, -44_116, -7131]);
const NOT_PERMITTED = new Set([-1005, -1007, -1505]);

interface Token {
  omadacId: string;
  accessToken: string;
  until: number;
}

/** One client of the site as the controller sees it now. */
export interface Seen {
  mac: ClientMac;
  ips: string[];
  /** Undefined where it is behind a switch: then the controller is not told which gateway holds it. */
  way: Way | undefined;
}

function seenOf(row: Readonly<Record<string, unknown>>): Seen | undefined {
  const text = (name: string): string => (typeof row[name] === 'string' ? row[name] : '');
  const count = (name: string): string => (typeof row[name] === 'number' ? String(row[name]) : '');
  const mac = parseMac(text('mac'));
  if (!mac || row.active === false) return undefined;
  const six = Array.isArray(row.ipv6List) ? row.ipv6List.filter((ip) => typeof ip === 'string') : [];
  const ips = [text('ip'), ...six].filter((ip) => isIP(ip) !== 0);
  const [ip] = ips;
  const both = { clientMac: hyphened(mac), ...(ip === undefined ? {} : { clientIp: ip }) };
  const [apMac, ssidName, radioId] = [text('apMac'), text('ssid'), count('radioId')];
  const [gatewayMac, vid] = [text('gatewayMac'), count('vid')];
  const air = apMac && ssidName && radioId ? { ...both, apMac, ssidName, radioId } : undefined;
  return { mac, ips, way: air ?? (gatewayMac && vid ? { ...both, gatewayMac, vid } : undefined) };
}

export type OpenApi = ReturnType<typeof createOpenApi>;

export function createOpenApi(http: Http, operator: Operator, { fields, now }: DriverContext<OmadaFields>) {
  const app = appOf(fields);
  let free: Promise<unknown> = Promise.resolve();

  /** One call after the other, spaced out: the limit is one for all who ask this controller. */
  function call(order: HttpCall): Promise<HttpAnswer> {
    const answer = free.then(() => http.call(order));
    const pause = ({ status }: { status: number }) => sleep(status === 429 ? REST_MS : SPACING_MS);
    free = answer.catch(() => ({ status: 0 })).then(pause);
    return answer;
  }

  function refused({ code }: Reply): DriverError {
    if (NO_APP.has(code))
      return new DriverError(
        'login-refused',
        `Omada’s Open API refuses the app (code ${code}): compare clientId and clientSecret with it; its mode has to be Client Credentials.`,
      );
    if (NOT_PERMITTED.has(code))
      return new DriverError(
        'not-permitted',
        `Omada’s Open API does not let the app see this site (code ${code}): give it the site and a role that may view its clients, and compare the field siteId.`,
      );
    return new DriverError('bad-answer', `Omada’s Open API answers with its code ${code}.`);
  }

  const readable = (answer: HttpAnswer): Reply => {
    refuseOverload(answer);
    const reply = replyOf(answer);
    if (reply) return reply;
    throw new DriverError(
      'bad-answer',
      `Omada’s Open API answers with something that is not its API (HTTP ${answer.status}): the controller has to be 5.13 or later.`,
    );
  };

  /** Asked for anew each time: a refresh token is good once, and whoever else has it would lose it. */
  const login = createLogin<Token>({
    name: 'Omada’s Open API',
    now,
    goodUntil: ({ until }) => until,
    async login() {
      const { omadacId } = await operator.controller();
      const answer = await call({
        method: 'POST',
        path: '/openapi/authorize/token',
        query: { grant_type: 'client_credentials' },
        json: { omadacId, client_id: app?.id, client_secret: app?.secret },
      });
      const reply = readable(answer);
      if (reply.code !== DONE) throw refused(reply);
      const { accessToken, expiresIn } = reply.result;
      if (typeof accessToken !== 'string' || !/^[\x21-\x7e]{1,500}$/.test(accessToken))
        throw new DriverError('bad-answer', 'Omada’s Open API took the app and gave no token for it.');
      const lastsMs = typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn * 1000 : 0;
      // One that lasts less than the margin is used for half its time.
      return { omadacId, accessToken, until: now() + Math.max(lastsMs - RENEW_MS, lastsMs / 2, 1) };
    },
  });

  const get = (path: string, query: Record<string, number>): Promise<Reply> =>
    login.use(async ({ omadacId, accessToken }) => {
      const answer = await call({
        method: 'GET',
        path: `/openapi/v1/${omadacId}/sites/${fields.siteId.toLowerCase()}${path}`,
        query,
        // Not Bearer.
        headers: { authorization: `AccessToken=${accessToken}` },
      });
      if (answer.status === 401) return EXPIRED;
      const reply = readable(answer);
      if (EXPIRED_CODES.has(reply.code)) return EXPIRED;
      if (reply.code !== DONE) throw refused(reply);
      return reply;
    });

  const list = shareReading<void, Seen[]>(async () => {
    const found = new Map<ClientMac, Seen>();
    for (let page = 1, count = 0; page <= PAGES_MOST; page += 1) {
      const { rows, total } = rowsOf(await get('/clients', { page, pageSize: PAGE }), 'the list of clients');
      for (const row of rows) {
        const one = seenOf(row);
        if (one) found.set(one.mac, one);
      }
      count += rows.length;
      if (rows.length === 0 || count >= total) break;
    }
    return [...found.values()];
  });

  return {
    /** Whoever has an address alone: an address that two have stands for neither. */
    async clients(): Promise<Client[]> {
      const pairs = (await list()).flatMap(({ mac, ips }) => ips.map((ip) => ({ mac, ip })));
      const owners = new Map<string, Set<ClientMac>>();
      for (const { ip, mac } of pairs) owners.set(ip, (owners.get(ip) ?? new Set()).add(mac));
      return pairs.filter(({ ip }) => owners.get(ip)?.size === 1);
    },

    find: async (mac: ClientMac): Promise<Seen | undefined> =>
      (await list()).find((seen) => seen.mac === mac),

    /** Whether the app may: the shortest of lists. */
    async look(): Promise<void> {
      rowsOf(await get('/clients', { page: 1, pageSize: 1 }), 'the list of clients');
    },
  };
}
