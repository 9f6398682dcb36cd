import type { ClientMac } from '../../domain/id.js';
import {
  type AuthorizeOrder,
  type Driver,
  type DriverContext,
  DriverError,
  type Health,
  type Limits,
  type Target,
} from '../driver.js';
import { createHttp } from '../http.js';
import { DONE, NOT_WAITING } from './answers.js';
import { appOf, type OmadaFields } from './fields.js';
import { createOpenApi, type OpenApi } from './openapi.js';
import { atLeast, createOperator } from './operator.js';
import { type AuthRecord, createRecords } from './records.js';
import { type Way, wayFrom } from './redirect.js';

/** An end that is earlier by less is as it was ordered. */
const EARLY_MS = 1000;
/** A session is extended by a minute at least, and a slow controller counts from when it was told. */
export const LATE_MS = 70_000;
/** An end so many times too far or too near is no delay but another unit of time. */
const OTHER_UNIT = 10;
const OLDEST = [5] as const;
/** From here on limits are taken, and the client's address is asked for (TP-Link's guide for 6.2.10). */
const WITH_LIMITS = [6, 2, 10] as const;
const BYTES_OF_MB = 1024 * 1024;

const absent = (why: string): DriverError =>
  new DriverError('absent', `${why} It is let in when its gateway sends it here again.`);

const limitsOf = ({ downKbps, upKbps, quotaMB }: Limits) => ({
  ...(downKbps === undefined ? {} : { downloadRateLimitKbps: downKbps }),
  ...(upKbps === undefined ? {} : { uploadRateLimitKbps: upKbps }),
  ...(quotaMB === undefined ? {} : { totalTrafficLimitBytes: quotaMB * BYTES_OF_MB }),
});

const placeOf = (way: Way): string =>
  'apMac' in way ? `${way.apMac} ${way.ssidName} ${way.radioId}` : `${way.gatewayMac} ${way.vid}`;

const wording = (way: Way) =>
  'apMac' in way
    ? { apMac: way.apMac, ssidName: way.ssidName, radioId: Number(way.radioId) }
    : { gatewayMac: way.gatewayMac, vid: Number(way.vid) };

export function connect(context: DriverContext<OmadaFields>): Driver {
  const { fields, now, log, timeoutMs } = context;
  const { url, fingerprint } = fields;
  const http = createHttp({ name: 'Omada', baseUrl: url, fingerprint, timeoutMs });
  const operator = createOperator(http, context);
  const records = createRecords(operator, fields.siteId, now);
  const api = appOf(fields) ? createOpenApi(http, operator, context) : undefined;
  let limitsMissed = false;
  let apiWasWell = false;

  const isOurs = (row: AuthRecord): boolean => row.ours && records.isInForce(row);
  const endAll = (rows: readonly AuthRecord[]) => Promise.all(rows.map((row) => records.end(row)));

  /** For how many milliseconds it is let in; undefined where this client does not wait there. */
  async function letIn({ until, limits, ips }: AuthorizeOrder, way: Way): Promise<number | undefined> {
    const { clientMac, clientIp = ips[0] } = way;
    const wanted = limitsOf(limits);
    let time = 0;
    const order = ({ version }: { version: string }) => {
      const newer = atLeast(version, WITH_LIMITS);
      if (!newer && !limitsMissed && Object.keys(wanted).length > 0) {
        limitsMissed = true;
        log.warn(
          { gateway: context.gateway, version },
          'this controller holds no limits: 6.2.10 and later do',
        );
      }
      // A duration in milliseconds: "microsecond" in the guide for 5.x is an error of the guide (5.15.24.19).
      time = Math.max(1, Math.ceil(until - now()));
      const json = {
        clientMac,
        ...(newer && clientIp !== undefined ? { clientIp } : {}),
        ...wording(way),
        site: way.site ?? fields.siteId,
        time,
        authType: 4,
        ...(newer ? { originUrl: '', ...wanted } : {}),
      };
      return { method: 'POST', path: '/extPortal/auth', json } as const;
    };
    const { code } = await operator.call('to let a client in', order, [NOT_WAITING]);
    return code === DONE ? time : undefined;
  }

  /** By the way that its redirect told, or, where that is old or there was none, by where the controller sees it. */
  async function admit(order: AuthorizeOrder): Promise<number> {
    const told = wayFrom(order.via, order.mac);
    const byRedirect = told && (await letIn(order, told));
    if (byRedirect !== undefined) return byRedirect;
    const seen = await api?.find(order.mac);
    const elsewhere = seen?.way && (!told || placeOf(seen.way) !== placeOf(told)) ? seen.way : undefined;
    const byList = elsewhere && (await letIn(order, elsewhere));
    if (byList !== undefined) return byList;
    if (told || seen)
      throw absent(
        'Omada does not have this client waiting at that access point and Wi-Fi: it has left or changed over, or that Wi-Fi has no external portal.',
      );
    throw absent(
      api
        ? 'Omada does not see this client at the site.'
        : 'Omada lets a client in only where it is told its access point, and this client’s is not known yet.',
    );
  }

  /** A controller that counts time in another unit would let in for weeks, or for no time at all. */
  async function judge(row: AuthRecord, wantedMs: number): Promise<void> {
    const grantedMs = Math.max(1, row.end - row.start);
    const ratio = grantedMs / wantedMs;
    if (Math.abs(grantedMs - wantedMs) <= LATE_MS && ratio > 1 / OTHER_UNIT) return;
    if (ratio < OTHER_UNIT && ratio > 1 / OTHER_UNIT) return;
    await records.end(row);
    throw new DriverError(
      'misconfigured',
      `Omada was told a session of ${Math.round(wantedMs / 1000)} s in milliseconds and made one of ${Math.round(grantedMs / 1000)} s of it, which was ended at once: this controller counts in another unit. Update it to 5.15 or later.`,
    );
  }

  /** What the controller made of it: one session, until then. One that is not listed yet is left to the next comparison. */
  async function verify(mac: ClientMac, before: readonly AuthRecord[], wantedMs: number) {
    const known = new Set(before.map(({ id }) => id));
    const rows = await records.of(mac);
    const [made] = rows
      .filter(({ id, ours }) => ours && !known.has(id))
      .sort((one, other) => other.start - one.start || other.end - one.end);
    if (!made) return;
    await endAll(rows.filter((row) => row !== made && isOurs(row)));
    await judge(made, wantedMs);
  }

  async function authorize(order: AuthorizeOrder): Promise<void> {
    const { mac, until } = order;
    if (until <= now()) return deauthorize(order);
    const rows = await records.of(mac);
    const off = (row: AuthRecord): number => Math.abs(row.end - until);
    const [kept, ...others] = rows.filter(isOurs).sort((one, other) => off(one) - off(other));
    await endAll(others);
    if (kept) {
      if (kept.end >= until - EARLY_MS && kept.end <= until + LATE_MS) return;
      if (kept.end < until && (await records.extend(kept, until))) return;
      await records.end(kept);
    }
    await verify(mac, rows, await admit(order));
  }

  /** Each that is in force, and the newest in any case: at its end a controller may only note that it is over. */
  async function deauthorize({ mac }: Target): Promise<void> {
    const rows = await records.of(mac);
    const [newest] = rows.filter(({ ours }) => ours).sort((one, other) => other.end - one.end);
    await endAll(rows.filter((row) => row.valid || row === newest));
  }

  async function sessions() {
    const ends = new Map<ClientMac, number>();
    for (const { mac, end } of await records.inForce()) ends.set(mac, Math.max(end, ends.get(mac) ?? 0));
    return [...ends].map(([mac, until]) => ({ mac, until }));
  }

  /** Undefined while the Open API is well, or not to be asked. */
  async function apiProblem(): Promise<string | undefined> {
    const { clientId, clientSecret } = fields;
    if (!api)
      return clientId || clientSecret
        ? 'Of clientId and clientSecret one is missing: the Open API is not asked who has which address.'
        : undefined;
    try {
      await api.look();
      apiWasWell = true;
      return undefined;
    } catch (error) {
      if (error instanceof DriverError) return `Nobody can be recognised: ${error.message}`;
      throw error;
    }
  }

  async function check(): Promise<Health> {
    const { omadacId, version, configured } = await operator.controller();
    const epoch = `${omadacId} ${version}`;
    const not = (problem: string): Health => ({ ok: false, epoch, problems: [problem] });
    if (!configured) return not('This Omada controller is not set up yet: finish its setup in the browser.');
    if (!atLeast(version, OLDEST))
      return not(`This Omada controller is version ${version}: Foyer needs 5.0 or later.`);
    await records.look();
    const problem = await apiProblem();
    const ahead = Math.round(operator.ahead() / 1000);
    const clock =
      Math.abs(ahead) > 60
        ? [
            `The controller’s clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'fast' : 'slow'}: set its NTP server.`,
          ]
        : [];
    const problems = [...(problem ? [problem] : []), ...clock];
    // Who is in can still be sent off, unless it never knew anybody.
    return { ok: problem === undefined || !api || apiWasWell, epoch, problems };
  }

  return { authorize, deauthorize, sessions, check, ...identity(api), close: http.close };
}

function identity(api: OpenApi | undefined): Pick<Driver, 'clients' | 'findClient'> {
  if (!api) return {};
  const { clients } = api;
  return { clients, findClient: async (ip) => (await clients()).find((client) => client.ip === ip) };
}
