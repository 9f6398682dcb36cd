import { type Gateway, networksHold } from '../domain/gateway.js';
import { type ClientMac, type GatewayId, newId } from '../domain/id.js';
import type { Sealing } from '../domain/sealing.js';
import type { RadiusFacet, RadiusNas } from '../drivers/driver.js';
import {
  type AccessQuestion,
  type AccountingReport,
  createRadiusServer,
  type Verdict,
} from '../drivers/radius/server.js';
import type { CredentialStore } from '../redis/credentials.js';
import type { GrantStore } from '../redis/grants.js';
import type { SessionStore } from '../redis/sessions.js';
import type { GatewayRegistry } from './gateways.js';
import { passwordOf, type Untold } from './untold.js';

export interface RadiusDeps {
  registry: Pick<GatewayRegistry, 'all' | 'get' | 'kindOf'>;
  credentials: Pick<CredentialStore, 'answer'>;
  grants: Pick<GrantStore, 'letIn'>;
  sessions: SessionStore;
  untold: Pick<Untold, 'noteAsked'>;
  sealing: Pick<Sealing, 'digest'>;
  /** False while the clock gives no decisions. */
  decisions: () => boolean;
  now: () => number;
  log: {
    info(data: object, message: string): void;
    warn(data: object, message: string): void;
  };
}

/** Where Foyer is asked by RADIUS. Ports of UDP; 0 for any that is free. */
export interface RadiusAddress {
  host: string;
  port: number;
  accountingPort: number;
}

/** Who may ask for a gateway, and from where. */
interface AskingAt {
  nas: RadiusNas;
  holds: (address: string) => boolean;
}

const SAID_EVERY_MS = 60_000;
const REFUSED: Verdict = { accept: false };

/** Routers that ask by RADIUS whether a client may pass, and say which sessions they have. */
export type RadiusService = ReturnType<typeof createRadius>;

export function createRadius(deps: RadiusDeps) {
  const { registry, credentials, grants, sessions, untold, sealing, decisions, now, log } = deps;

  const askingAt = new Map<GatewayId, { made: string; at: AskingAt | undefined }>();

  const asking = (gateway: Gateway): { facet: RadiusFacet<unknown>; nas: RadiusNas } | undefined => {
    const facet = registry.kindOf(gateway)?.radius as RadiusFacet<unknown> | undefined;
    const nas = facet?.nas(gateway.fields);
    return facet && nas ? { facet, nas } : undefined;
  };

  /** Read once for each configuration: anybody may send packets, and each of them asks for all. */
  function askingOf(gateway: Gateway): AskingAt | undefined {
    const made = `${gateway.site} ${gateway.version}`;
    const known = askingAt.get(gateway.id);
    if (known?.made === made) return known.at;
    const nas = asking(gateway)?.nas;
    const at = nas && { nas, holds: networksHold(nas.networks) };
    askingAt.set(gateway.id, { made, at });
    return at;
  }

  function nasAt(address: string): { gateway: GatewayId; nas: RadiusNas }[] {
    return registry.all().flatMap((gateway) => {
      const at = askingOf(gateway);
      return at?.holds(address) ? [{ gateway: gateway.id, nas: at.nas }] : [];
    });
  }

  const saidAt = new Map<string, number>();
  /** Any guest can bring these about as often as it likes: once a minute is enough. */
  function say({ id }: Gateway, message: string): void {
    const key = `${id} ${message}`;
    if (now() - (saidAt.get(key) ?? Number.NEGATIVE_INFINITY) < SAID_EVERY_MS) return;
    saidAt.set(key, now());
    log.warn({ gateway: id }, message);
  }

  /** What the client may do here, by its MAC alone or by what it logs in with. */
  async function lookUp(
    { site, id }: Gateway,
    facet: RadiusFacet<unknown>,
    fields: unknown,
    mac: ClientMac,
    username: string,
  ) {
    const question = { mac, username, reasks: facet.reasks(fields) };
    const answer = await credentials.answer(site, id, question, now());
    if (answer.status !== 'none' || username !== '') return answer;
    // It may hold a grant at another gateway of the site.
    const until = await grants.letIn(site, id, mac, newId(), now(), { asks: true });
    return until === undefined ? answer : credentials.answer(site, id, question, now());
  }

  async function judge(question: AccessQuestion): Promise<Verdict> {
    const gateway = registry.get(question.gateway);
    const { facet } = (gateway && asking(gateway)) ?? {};
    if (!gateway || !facet) return REFUSED;
    if (!decisions()) throw new Error('no decision can be made now');
    await untold.noteAsked(gateway);
    const { mac, username, byMac } = question;
    if (!mac) {
      say(gateway, 'a router asks by RADIUS without the MAC of the client (Calling-Station-Id): refused');
      return REFUSED;
    }
    if (byMac && !facet.bypass(gateway.fields)) return REFUSED;
    // A MAC is no password for anything else that has a name.
    if (!byMac && !question.verify(passwordOf(sealing, username))) return REFUSED;
    const answer = await lookUp(gateway, facet, gateway.fields, mac, byMac ? '' : username);
    if (answer.status === 'other')
      say(gateway, 'a client logged in with what was made for another one: refused');
    if (answer.status !== 'passes') return REFUSED;
    // Rounded up on the wire: whoever can be told of the end is told to the second.
    const sessionSeconds = (answer.until - now()) / 1000;
    return { accept: true, sessionSeconds, attributes: facet.accept(answer.limits, gateway.fields) };
  }

  async function account(report: AccountingReport): Promise<void> {
    const gateway = registry.get(report.gateway);
    if (!gateway) return;
    const { site, id } = gateway;
    const { event, session } = report;
    await untold.noteAsked(gateway);
    if (event === 'on' || event === 'off') await sessions.clear(site, id, report, now());
    else if (session && event === 'stop') await sessions.remove(site, id, session);
    else if (session && !(await sessions.put(site, id, session)))
      say(
        gateway,
        'a router accounts for more sessions than are kept: of the others an early end cannot be told',
      );
  }

  /** Opens the ports while any gateway asks, and closes them when none does any more. */
  function listener(address: RadiusAddress) {
    let server: ReturnType<typeof createRadiusServer> | undefined;
    let bound: { port: number; accountingPort: number } | undefined;
    let said = '';

    async function open(): Promise<void> {
      const opening = createRadiusServer({ nasAt, judge, account, now, log });
      try {
        bound = await opening.listen(address);
        server = opening;
        said = '';
        log.info({ ...bound }, 'RADIUS is up');
      } catch (error) {
        await opening.close();
        const why = error instanceof Error ? error.message : String(error);
        // It is tried again every few seconds.
        if (why !== said)
          log.warn({ ...address, err: why }, 'RADIUS does not listen: is another server on its ports?');
        said = why;
      }
    }

    async function shut(): Promise<void> {
      const old = server;
      server = undefined;
      bound = undefined;
      await old?.close();
    }

    async function follow(): Promise<void> {
      const wanted = !closed && registry.all().some((gateway) => asking(gateway) !== undefined);
      if (wanted && !server) await open();
      else if (!wanted && server) await shut();
    }

    /** One look after the other, also the last one: nothing is opened behind a close. */
    let turn: Promise<void> = Promise.resolve();
    let closed = false;
    const look = (): Promise<void> => {
      turn = turn.then(follow);
      return turn;
    };

    return {
      follow: look,
      bound: () => bound,
      close(): Promise<void> {
        closed = true;
        return look();
      },
    };
  }

  return { judge, account, listener };
}
