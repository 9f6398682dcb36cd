import type { Gateway } from '../domain/gateway.js';
import { type ClientMac, newId } from '../domain/id.js';
import type { Sealing } from '../domain/sealing.js';
import type { Handoff, HandoffOrder, Question } from '../drivers/driver.js';
import type { CommandStore, WaitingClient } from '../redis/commands.js';
import type { CredentialStore } from '../redis/credentials.js';
import type { GatewayStore } from '../redis/gateways.js';
import type { GrantStore } from '../redis/grants.js';
import type { GatewayRegistry } from './gateways.js';

/** Longer than a router needs for two of its rounds: whoever was not let in by then is gone, or has another name. */
const WAITING_MS = 180_000;
/** So long a client is named again that was said to be let in: any guest can say so, and the router refuses whom it has. */
const DOUBTED_MS = 30_000;
const WAITING_MOST = 64;
const NOTED_EVERY_MS = 2000;
const OFFERED_MOST = 2000;
/** A visitor follows the link at once; a visit that is cancelled meanwhile must not begin much later. */
const HANDOFF_MS = 120_000;
/** What a client logs in with at its gateway is good for so long. */
const CREDENTIAL_MS = 60_000;
/** Older gateways cut longer passwords. */
const PASSWORD_LENGTH = 15;

/** The password of a credential follows from its user name, so that none is kept. */
export const passwordOf = (sealing: Pick<Sealing, 'digest'>, username: string): string =>
  sealing.digest('credential', username).slice(0, PASSWORD_LENGTH);

export type Untold = ReturnType<typeof createUntold>;

export interface UntoldDeps {
  registry: Pick<GatewayRegistry, 'kindOf'>;
  grants: Pick<GrantStore, 'access' | 'noteHandoff'>;
  commands: Pick<CommandStore, 'settle' | 'waiting'>;
  gateways: Pick<GatewayStore, 'noteAsked'>;
  credentials: Pick<CredentialStore, 'issue'>;
  sealing: Pick<Sealing, 'digest'>;
  now: () => number;
}

/** Gateways that Foyer cannot tell anything: the visitor's browser carries the word, or the gateway asks. */
export function createUntold(deps: UntoldDeps) {
  const { registry, grants, commands, gateways, credentials, sealing, now } = deps;
  const notedAt = new Map<string, number>();
  /** How often a client was named to its gateway: one that it cannot let in must not keep others from their turn. */
  const offered = new Map<string, number>();

  /** The gateway, or the browser that came back from it, says that this client passes until then. */
  async function confirm(
    { site, id }: Gateway,
    client: { mac: ClientMac; handle: string; until: number },
  ): Promise<void> {
    const { mac, handle, until } = client;
    const access = await grants.access(site, id, mac);
    // By another name it has another session; with another end it is another decision.
    if (!access || access.handle !== handle || access.until !== until || until <= now()) return;
    if (access.confirmedVersion === access.version) return;
    await commands.settle(site, id, { mac, version: access.version, until }, { done: true }, now());
  }

  /** Any process may be asked, often: only now and then is it written down. */
  async function noteAsked({ site, id }: Gateway): Promise<void> {
    const last = notedAt.get(id);
    if (last !== undefined && now() - last < NOTED_EVERY_MS) return;
    notedAt.set(id, now());
    await gateways.noteAsked(site, id, now());
  }

  const waiting = ({ site, id }: Gateway): Promise<WaitingClient[]> =>
    commands.waiting(site, id, {
      since: now() - WAITING_MS,
      passesSince: now() - DOUBTED_MS,
      limit: WAITING_MOST,
      now: now(),
    });

  return {
    noteAsked,

    /** A browser came back from where it had itself let in. Where the gateway itself asks, its question is the proof. */
    async returned(
      gateway: Gateway,
      client: { mac: ClientMac; handle: string; until: number },
    ): Promise<void> {
      if (!registry.kindOf(gateway)?.radius) await confirm(gateway, client);
    },

    /** How a visitor's browser has itself let in; undefined where there is no such way, or it is decided otherwise now. */
    async handoff(
      gateway: Gateway,
      order: Omit<HandoffOrder, 'now' | 'goodUntil' | 'credential'>,
    ): Promise<Handoff | undefined> {
      const { site, id, fields } = gateway;
      const kind = registry.kindOf(gateway);
      const at = now();
      const given = { ...order, now: at, goodUntil: at + HANDOFF_MS };
      if (!kind?.radius) {
        const made = kind?.handoff?.(given, fields);
        // From now on it may pass, whether it comes back or not.
        return made && (await grants.noteHandoff(site, id, order)) ? made : undefined;
      }
      const username = newId();
      const credential = { username, password: passwordOf(sealing, username) };
      const made = kind.handoff?.({ ...given, credential }, fields);
      const issue = { ...order, username, ms: CREDENTIAL_MS };
      return made && (await credentials.issue(site, id, issue)) ? made : undefined;
    },

    /** What a gateway asks; undefined where it is no question of this one. */
    question: (gateway: Gateway, query: Readonly<Record<string, string>>): Question | undefined =>
      registry.kindOf(gateway)?.asking?.read(query, gateway.fields),

    /** The answer to a gateway that asks. Nothing that a stranger may say here ends anything or lets anybody in. */
    async answer(gateway: Gateway, question: Question): Promise<string> {
      const asking = registry.kindOf(gateway)?.asking;
      if (!asking) return '';
      await noteAsked(gateway);
      if (question.ask === 'orders') {
        const turn = (one: WaitingClient): number => offered.get(`${gateway.id} ${one.handle}`) ?? 0;
        const inTurn = (await waiting(gateway)).sort(
          (a, b) => Number(a.passes) - Number(b.passes) || turn(a) - turn(b),
        );
        const { answer, named } = asking.orders(inTurn, gateway.fields, now());
        if (offered.size > OFFERED_MOST) offered.clear();
        for (const one of inTurn.slice(0, named)) offered.set(`${gateway.id} ${one.handle}`, turn(one) + 1);
        return answer;
      }
      if (question.ask === 'done' && question.names.length > 0) {
        const names = new Set(question.names);
        const done = (await waiting(gateway)).filter(({ handle }) =>
          names.has(asking.nameOf(handle, gateway.fields)),
        );
        for (const client of done) await confirm(gateway, client);
      }
      return asking.thanks(question);
    },
  };
}
