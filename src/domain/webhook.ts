import { isIP } from 'node:net';
import { EVENT_GROUPS, EVENT_TYPES } from './event.js';
import type { FieldProblem } from './problem.js';
import { mayReach } from './webhook-address.js';

/** What may be added to a delivery: the visit as it is at that time. */
export const WEBHOOK_INCLUDES = ['visit'] as const;
export type WebhookInclude = (typeof WEBHOOK_INCLUDES)[number];

export const WEBHOOKS_MOST = 20;
/** A receiver that failed for so long without one success is switched off. */
export const GIVE_UP_MS = 3 * 86_400_000;
/** How long the former secret signs as well. */
export const ROTATION_MS = 86_400_000;
export const DELIVERIES_KEPT = 50;

/** A program elsewhere that is told of events, in order, one at a time. */
export interface Webhook {
  id: string;
  /** What people call it; empty: its host. */
  name: string;
  url: string;
  /** Event types, or groups such as `visit.*`; empty: every event. */
  topics: string[];
  include: WebhookInclude[];
  /** An owner said that it may reach addresses of the house's own network. */
  allowPrivate: boolean;
  on: boolean;
  createdAt: number;
  /** Id of the last event that it was told, or that was none of its topics. */
  cursor: string;
  /** Failures in a row, and since when. */
  attempts: number;
  failingSince?: number;
  nextAt?: number;
  /** What went wrong last, while it does. */
  fault?: string;
  offAt?: number;
  offReason?: OffReason;
  /** Until when the former secret signs as well. */
  formerUntil?: number;
}

export type OffReason = 'asked' | 'gone' | 'failing';

/** What somebody wants a webhook to be; what is left out stays. */
export interface WebhookInput {
  name?: string;
  url?: string;
  topics?: string[];
  include?: WebhookInclude[];
  allowPrivate?: boolean;
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');
export const webhookName = ({ name, url }: Pick<Webhook, 'name' | 'url'>): string => name || hostOf(url);

export function wantsEvent(topics: readonly string[], type: string): boolean {
  return (
    topics.length === 0 ||
    topics.some((topic) => (topic.endsWith('.*') ? type.startsWith(topic.slice(0, -1)) : topic === type))
  );
}

const NAME_MOST = 100;
const URL_MOST = 2000;
const RIGHT = 'Right would be https://example.com/foyer';

/** The address of a URL's host where it is written as one, without brackets. */
export function literalAddress(url: URL): string | undefined {
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? undefined : bare;
}

function urlProblem(text: string, allowPrivate: boolean): string | undefined {
  if (text.length > URL_MOST) return `The address may have ${URL_MOST} characters at most.`;
  if (!URL.canParse(text)) return `That is no web address. ${RIGHT}.`;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `The address begins with https:// or http://. ${RIGHT}.`;
  if (url.username !== '' || url.password !== '')
    return `The address may hold no user name and no password; what is sent is signed. ${RIGHT}.`;
  const literal = literalAddress(url);
  if (literal === undefined || mayReach(literal, allowPrivate)) return undefined;
  return mayReach(literal, true)
    ? `${literal} is an address of a private network. An owner can allow this webhook to reach it (allowPrivate).`
    : `Nothing is sent to ${literal}. ${RIGHT}.`;
}

function topicProblem(topic: string): string | undefined {
  const known = topic.endsWith('.*')
    ? Object.hasOwn(EVENT_GROUPS, topic.slice(0, -2))
    : (EVENT_TYPES as string[]).includes(topic);
  if (known) return undefined;
  return `"${topic.slice(0, 60)}" is no type of event. Right would be visit.registered, or visit.* for all of a group.`;
}

/** What is wrong with it; `url` and `allowPrivate` as they will be. */
export function webhookProblems(
  input: WebhookInput,
  will: { url: string; allowPrivate: boolean },
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const found = (field: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ field, message });
  };
  if ((input.name ?? '').trim().length > NAME_MOST)
    found('name', `The name may have ${NAME_MOST} characters at most.`);
  found('url', urlProblem(will.url, will.allowPrivate));
  found('topics', (input.topics ?? []).map(topicProblem).find(Boolean));
  return problems;
}

const FIRST_WAIT_MS = 5000;
const MOST_WAIT_MS = 3_600_000;

/**
 * How long to wait after so many failures in a row: doubling from 5 seconds to an hour, up to a quarter less, so that many
 * do not come back at once. `asked`: what the receiver asked for, honoured up to the hour.
 */
export function retryWait(attempts: number, random: number, asked = 0): number {
  const full = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(Math.max(full * (1 - random / 4), Math.min(asked, MOST_WAIT_MS)));
}

/** Milliseconds that `Retry-After` asks for: seconds, or a date. */
export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
