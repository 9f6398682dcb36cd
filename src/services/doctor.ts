import type { Gateway } from '../domain/gateway.js';
import type { RulesContext } from '../drivers/driver.js';
import type { GatewayRegistry } from './gateways.js';
import type { HealthService } from './health.js';

/** What the operator learns. `wrong`: guests are not let in until it is mended; `note`: worth knowing. */
export interface Finding {
  about: string;
  level: 'ok' | 'note' | 'wrong';
  says: string;
}

export interface DoctorDeps {
  config: { readonly dataDir: string; readonly redisUrl?: string };
  registry: Pick<GatewayRegistry, 'refresh' | 'all' | 'kindOf' | 'healthOf' | 'blind'>;
  health: Pick<HealthService, 'readiness'>;
  /** The guest listener of the portal that runs on this machine. */
  guestPort: () => number;
  portalUrl: () => string | undefined;
}

const ANSWER_MS = 2000;

/** What a gateway's kind is told of the portal, to say what belongs on the router. */
export function rulesContext(
  { id, fields }: Gateway,
  { guestPort, portalUrl }: { guestPort: number; portalUrl: string | undefined },
): RulesContext<Gateway['fields']> {
  const captiveApiUrl = portalUrl?.startsWith('https:') ? `${portalUrl}/captive-portal/api` : undefined;
  return {
    gateway: id,
    fields,
    guestPort,
    ...(portalUrl === undefined ? {} : { portalUrl }),
    ...(captiveApiUrl === undefined ? {} : { captiveApiUrl }),
  };
}

/** Looks at everything that a visit needs, from the listener to each gateway. */
export function createDoctor({ config, registry, health, guestPort, portalUrl }: DoctorDeps) {
  const listens = async (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${guestPort()}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) })
      .then(async (answer) => answer.ok && (await answer.text()) === 'ok')
      .catch(() => false);

  function address(): Finding {
    const about = 'portal address';
    const url = portalUrl();
    if (url === undefined)
      return {
        about,
        level: 'note',
        says: 'PORTAL_URL is not set: guests come to this machine’s own addresses. Routers elsewhere need it.',
      };
    if (url.startsWith('https:')) return { about, level: 'ok', says: url };
    return {
      about,
      level: 'note',
      says: `${url} is not https: devices do not learn from DHCP that a portal is there (RFC 8908).`,
    };
  }

  function gateway(one: Gateway, lane: string | undefined): Finding[] {
    const about = `gateway ${one.id}`;
    const kind = registry.kindOf(one);
    const state = registry.healthOf(one.id);
    const put = (level: Finding['level'], says: string): Finding => ({ about, level, says });
    if (!kind) return [put('wrong', `This Foyer knows no kind of gateway "${one.kind}".`)];
    const advice = kind.advice?.(rulesContext(one, { guestPort: guestPort(), portalUrl: portalUrl() })) ?? [];
    const said = [registry.blind(one) ?? [], ...advice].flat().map((says) => put('note', says));
    if (lane === 'nobody')
      return [put('wrong', 'Nobody looks after it: is Foyer running, with the role worker?'), ...said];
    if (!state) return [put('note', 'It was not looked at yet.'), ...said];
    const problems = state.problems.map((says) => put(state.ok ? 'note' : 'wrong', says));
    return [...(state.ok ? [put('ok', `${kind.label} is ready.`)] : []), ...problems, ...said];
  }

  return async function examine(): Promise<Finding[]> {
    await registry.refresh();
    const { clock, worker } = await health.readiness();
    const found: Finding[] = [
      {
        about: 'Redis',
        level: 'ok',
        says: config.redisUrl === undefined ? `private, in ${config.dataDir}` : 'answers',
      },
      clock.ok
        ? { about: 'clock', level: 'ok', says: `within ${Math.abs(Math.round(clock.skewMs))} ms of Redis` }
        : { about: 'clock', level: 'wrong', says: clock.reason ?? 'The time cannot be trusted.' },
      (await listens())
        ? { about: 'guest listener', level: 'ok', says: `answers on port ${guestPort()}` }
        : {
            about: 'guest listener',
            level: 'wrong',
            says: `Nothing of Foyer answers on port ${guestPort()} of this machine: start it, or look where it runs.`,
          },
      address(),
    ];
    const gateways = registry.all();
    if (gateways.every(({ kind }) => kind === 'demo'))
      found.push({
        about: 'gateways',
        level: 'note',
        says: 'No router yet: foyer gateway set <id> --kind <kind> ...',
      });
    return [...found, ...gateways.flatMap((one) => gateway(one, worker.lanes[one.id]))];
  };
}
