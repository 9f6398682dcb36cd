import type { ClientMac, GatewayId } from '../../domain/id.js';
import type { Sealing } from '../../domain/sealing.js';
import { type RedirectClaim, type Way, wayOf } from '../../drivers/driver.js';
import type { ProvenClient } from '../../services/identity.js';
import type { RedeemResult } from '../../services/redeem.js';

/** Why a PIN did not open anything. */
export type Refusal = Exclude<RedeemResult, { status: 'granted' }>;

/** What the redirect that led to a PIN page comes to, as it travels in the form. */
export interface Redirect extends Way {
  gateway: GatewayId;
  mac: ClientMac;
  keyed: boolean;
  /** The language that was chosen on a page. */
  lang?: string;
  /** The number of the terms of use that the page shows, where it shows any. */
  terms?: number;
  /** When it was sealed, epoch milliseconds. */
  at: number;
}

/** Who a status page is about, as it travels in its address. */
export interface StatusRef extends Way {
  gateway: GatewayId;
  mac: ClientMac;
  keyed: boolean;
  lang?: string;
  at: number;
  /** Why the PIN that was typed last did not open anything, to be said again in another language. */
  refused?: Refusal;
  /** The number of the terms of use that the page showed. */
  terms?: number;
  /** How often the visitor's browser went to have itself let in, and with which end it was sent last. */
  tries?: number;
  handedUntil?: number;
  /** Since when this client has been waiting for its gateway. */
  waitingSince?: number;
}

/** A status reference before it is sealed. */
export type ClientRef = Omit<StatusRef, 'at'>;

const REDIRECT_MS = 30 * 60_000;
const STATUS_MS = 24 * 60 * 60_000;

/** Both are bound to the source address: nobody can use what was sealed for somebody else. */
export function createStateSeal(sealing: Pick<Sealing, 'seal' | 'unseal'>, now: () => number) {
  const open = <T extends { at: number }>(
    purpose: 'redirect' | 'status',
    source: string,
    sealed: string | undefined,
    goodForMs: number,
  ): T | undefined => {
    const text = sealed ? sealing.unseal(purpose, `guest ${source}`, sealed) : undefined;
    const value = text === undefined ? undefined : (JSON.parse(text) as T);
    return value && now() - value.at < goodForMs ? value : undefined;
  };

  return {
    redirect(
      source: string,
      client: ProvenClient,
      claim: RedirectClaim,
      lang?: string,
      terms?: number,
    ): string {
      // A MAC that came from the client table must be looked up there again, whatever keyed the rest.
      const { gateway, mac } = client;
      const keyed = claim.keyed && claim.mac === mac;
      // What is undefined leaves no trace in the text.
      const redirect = {
        gateway: gateway.id,
        mac,
        keyed,
        ...wayOf(client),
        lang,
        terms,
        at: now(),
      };
      return sealing.seal('redirect', `guest ${source}`, JSON.stringify(redirect));
    },
    openRedirect: (source: string, sealed: string | undefined): Redirect | undefined =>
      open('redirect', source, sealed, REDIRECT_MS),

    status(source: string, ref: ClientRef): string {
      const { gateway, mac, keyed, lang, refused, terms, tries, handedUntil, waitingSince } = ref;
      const fresh = {
        gateway,
        mac,
        keyed,
        ...wayOf(ref),
        lang,
        refused,
        terms,
        at: now(),
        tries,
        handedUntil,
        waitingSince,
      };
      return sealing.seal('status', `guest ${source}`, JSON.stringify(fresh));
    },
    openStatus: (source: string, sealed: string | undefined): StatusRef | undefined =>
      open('status', source, sealed, STATUS_MS),
  };
}
