import type { SiteId } from '../domain/id.js';
import type { TeamRole } from '../domain/team.js';
import type { ClockStatus } from '../redis/clock.js';
import { SKEW_TO_REPORT_MS } from '../redis/clock.js';
import type { CommandStore } from '../redis/commands.js';
import type { EventStore } from '../redis/events.js';
import type { TokenStore } from '../redis/tokens.js';
import type { GatewayRegistry } from './gateways.js';
import type { MailService } from './mail.js';
import type { WalkInService } from './walk-ins.js';
import type { WebhookNotice } from './webhooks.js';

/** Something that a person has to look at: what is so, what it means, and the one thing that mends it. */
export interface Concern {
  kind: string;
  tone: 'warn' | 'bad';
  title: string;
  text: string;
  /** Where it is looked at, or the form that mends it, and what its link or button says. */
  mend: { href: string; text: string } | { action: string; text: string; fields: Record<string, string> };
  /** Who may do that. */
  role: TeamRole;
}

export interface AttentionDeps {
  registry: Pick<GatewayRegistry, 'ofSite' | 'healthOf'>;
  commands: Pick<CommandStore, 'counts'>;
  tokens: Pick<TokenStore, 'budgetSpent'>;
  events: Pick<EventStore, 'listBack'>;
  mail: Pick<MailService, 'counts'>;
  webhooks: { notices(site: SiteId): Promise<readonly WebhookNotice[]> };
  withoutToken: { count(site: SiteId): Promise<number> };
  walkIns: Pick<WalkInService, 'open'>;
  clock: () => ClockStatus;
  now: () => number;
}

const HOUR_MS = 3_600_000;
/** So many of the newest events are looked at for where wrong PINs come from. */
const EVENTS_LOOKED_AT = 300;

const count = (many: number, one: string, more: string): string =>
  many === 1 ? `1 ${one}` : `${many} ${more}`;

/** `"lobby", "hall" and "roof"` */
const named = (ids: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(ids.map((id) => `"${id}"`));

export type AttentionService = ReturnType<typeof createAttention>;

/** What needs a person now, the worst first. */
export function createAttention(deps: AttentionDeps) {
  const { registry, commands, tokens, events, mail, webhooks, withoutToken, walkIns, clock, now } = deps;

  async function gateways(site: SiteId): Promise<Concern[]> {
    const all = registry.ofSite(site);
    const waiting = await Promise.all(all.map(({ id }) => commands.counts(site, id)));
    return all.flatMap(({ id }, i) => {
      const found: Concern[] = [];
      const health = registry.healthOf(id);
      if (health && !health.ok)
        found.push({
          kind: 'gateway-down',
          tone: 'bad',
          title: `Gateway "${id}" is not ready`,
          text: `${health.problems[0] ?? 'It does not answer.'} Whoever types a PIN there waits until it is ready again.`,
          mend: { href: `/gateways/${id}`, text: 'Open the gateway' },
          role: 'admin',
        });
      const dead = waiting[i]?.dead ?? 0;
      if (dead > 0)
        found.push({
          kind: 'dead-commands',
          tone: 'bad',
          title: `${count(dead, 'device is', 'devices are')} not as decided at gateway "${id}"`,
          text: 'The gateway refused for good what it was told, so Foyer stopped trying. Look at why, or try again.',
          mend: { action: '/attention/retry', text: 'Try all again', fields: { gateway: id } },
          role: 'admin',
        });
      return found;
    });
  }

  async function guessing(site: SiteId): Promise<Concern[]> {
    if (!(await tokens.budgetSpent(site))) return [];
    const since = now() - HOUR_MS;
    const wrong = (await events.listBack(site, { before: '', from: '', limit: EVENTS_LOOKED_AT })).filter(
      ({ type, at, fields }) => type === 'pin.failed' && fields.outcome === 'refused' && at >= since,
    );
    const byGateway = new Map<string, number>();
    for (const { fields } of wrong) {
      const from = fields.gateway ?? '';
      byGateway.set(from, (byGateway.get(from) ?? 0) + Number(fields.count ?? '1'));
    }
    const most = [...byGateway].sort((a, b) => b[1] - a[1]).map(([gateway]) => gateway);
    const where = most.length > 0 ? ` Within the last hour they came from gateway ${named(most)}.` : '';
    return [
      {
        kind: 'guessing',
        tone: 'bad',
        title: 'Somebody is guessing PINs',
        text: `So many wrong PINs were typed that visitors are asked for their e-mail address as well. Who has none is let in by the desk.${where}`,
        mend: { href: '/audit?kind=pin', text: 'See the wrong PINs' },
        role: 'admin',
      },
    ];
  }

  function skew(): Concern[] {
    const { ok, skewMs, reason } = clock();
    if (ok && Math.abs(skewMs) <= SKEW_TO_REPORT_MS) return [];
    const seconds = count(Math.round(Math.abs(skewMs) / 1000), 'second', 'seconds');
    return [
      {
        kind: 'clock',
        tone: ok ? 'warn' : 'bad',
        title: ok ? 'The clocks of this machine and of Redis differ' : 'The time cannot be trusted',
        text: ok
          ? `They are ${seconds} apart. Foyer goes by the clock of Redis; set both by a time server (NTP).`
          : `${reason ?? 'The time of Redis is not known'}. Until that is mended nothing is decided and no PIN opens the network.`,
        mend: { href: '/gateways', text: 'See the gateways' },
        role: 'desk',
      },
    ];
  }

  async function refusedMails(site: SiteId): Promise<Concern[]> {
    const { refused } = await mail.counts(site);
    if (refused === 0) return [];
    return [
      {
        kind: 'refused-mail',
        tone: 'bad',
        title: `${count(refused, 'mail was', 'mails were')} not sent`,
        text: `${refused === 1 ? 'Whoever it was for' : 'Those they were for'} may not have the PIN yet. The outbox says why, and sends again.`,
        mend: { href: '/outbox?state=refused', text: 'Open the outbox' },
        role: 'admin',
      },
    ];
  }

  const hooks = async (site: SiteId): Promise<Concern[]> =>
    (await webhooks.notices(site)).map(({ webhook, name, what, says }) => ({
      kind: 'webhook',
      tone: 'warn',
      title: what === 'off' ? `The webhook "${name}" is switched off` : `The webhook "${name}" fails`,
      text: `${says === '' ? 'Its receiver did not take what was sent.' : `Its receiver: ${says}.`} Events wait until it takes them again.`,
      mend: { href: `/webhooks/${webhook}`, text: 'Open the webhook' },
      role: 'admin',
    }));

  async function waiting(site: SiteId): Promise<Concern[]> {
    const many = (await walkIns.open(site)).length;
    if (many === 0) return [];
    return [
      {
        kind: 'walk-in',
        tone: 'warn',
        title: `${count(many, 'walk-in waits', 'walk-ins wait')} for an answer`,
        text: 'Their hosts were asked by mail. You may answer in their place.',
        mend: { href: '/walk-ins', text: 'See who waits' },
        role: 'desk',
      },
    ];
  }

  async function tokenless(site: SiteId): Promise<Concern[]> {
    const many = await withoutToken.count(site);
    if (many === 0) return [];
    return [
      {
        kind: 'without-token',
        tone: 'warn',
        title: `${count(many, 'visit has', 'visits have')} a PIN that does not open the Wi-Fi`,
        text: 'They were registered while access tokens were off. New PINs for all of them are made and mailed in one go.',
        mend: {
          href: '/visits/without-token',
          text: `Re-issue ${many === 1 ? 'this visit' : `these ${many} visits`}`,
        },
        role: 'desk',
      },
    ];
  }

  return {
    async of(site: SiteId): Promise<Concern[]> {
      const found = await Promise.all([
        skew(),
        gateways(site),
        guessing(site),
        refusedMails(site),
        hooks(site),
        waiting(site),
        tokenless(site),
      ]);
      return found.flat().sort((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad'));
    },
  };
}
