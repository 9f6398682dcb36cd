import { Type } from 'typebox';
import type { Gateway } from '../../domain/gateway.js';
import { parseGatewayId, type SiteId } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { roleAllows } from '../../domain/team.js';
import { DriverError } from '../../drivers/driver.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { gatewayObject, iso } from '../../services/objects.js';
import type { Caller } from './auth.js';
import { type Api, call, Id } from './call.js';
import {
  GatewayHealthSchema,
  GatewaySchema,
  GatewayTestSchema,
  page,
  SessionSchema,
  words,
} from './schemas.js';

const listing = call(
  {
    summary: 'The gateways of the site',
    description: 'The role desk sees which there are and how they are.',
  },
  { 200: page(Type.Union([GatewaySchema, GatewayHealthSchema])) },
);

const showing = call({ summary: 'One gateway', params: Id }, { 200: GatewaySchema });

const putting = call(
  {
    summary: 'Configure a gateway',
    description:
      'A secret field that is left out keeps its value, and null takes it away. Ids are unique over all sites.',
    params: Id,
    body: Type.Object(
      {
        kind: Type.String({ examples: ['nftables'] }),
        guestNetworks: Type.Optional(Type.Array(Type.String(), { examples: [['10.20.0.0/16']] })),
        trust: Type.Optional(words(['verify', 'redirect'])),
      },
      { additionalProperties: true, description: 'and the fields of its kind' },
    ),
  },
  { 200: GatewaySchema, 201: GatewaySchema },
);

const removing = call({ summary: 'Remove a gateway', params: Id }, { 204: null });
const testing = call(
  {
    summary: 'Log in to a gateway, let a device in for a minute, see it, and send it off',
    description:
      'By a MAC that nobody has, or by that of a device that has joined, for gateways that let in no others.',
    params: Id,
    querystring: Type.Object({ mac: Type.Optional(Type.String({ examples: ['02:00:00:00:00:10'] })) }),
  },
  { 200: GatewayTestSchema },
);

const sessions = call(
  {
    summary: 'The sessions that a gateway has in force',
    description: '`source` says who told: the gateway itself now, or what it confirmed last.',
    params: Id,
  },
  {
    200: Type.Object(
      {
        source: words(['gateway', 'confirmed']),
        items: Type.Array(SessionSchema),
        next: Type.Null(),
      },
      { additionalProperties: false },
    ),
  },
);

export async function gatewayRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { registry, testGateway } = runtime.services;
  const desk = { role: 'desk' } as const;
  const admin = { role: 'admin' } as const;

  app.get('/gateways', { schema: listing, config: desk }, async ({ caller }) => list(runtime, caller));
  app.get('/gateways/:id', { schema: showing, config: admin }, async ({ caller, params }) =>
    show(runtime, await find(runtime, caller.site, params.id)),
  );
  app.put('/gateways/:id', { schema: putting, config: admin }, async ({ caller, params, body }, reply) => {
    const existed = registry.ofSite(caller.site).some(({ id }) => id === params.id);
    const gateway = await put(runtime, caller, params.id, body);
    reply.code(existed ? 200 : 201);
    return show(runtime, gateway);
  });
  app.delete('/gateways/:id', { schema: removing, config: admin }, async ({ caller, params }, reply) => {
    const gateway = await find(runtime, caller.site, params.id);
    await registry.remove(caller.site, gateway.id, caller.by);
    return reply.code(204).send();
  });
  app.post('/gateways/:id/test', { schema: testing, config: admin }, async ({ caller, params, query }) => {
    const mac = query.mac === undefined ? undefined : parseMac(query.mac);
    if (query.mac !== undefined && !mac) {
      const message = 'is no MAC of a device';
      throw new AppError('invalid-input', message, [{ field: 'mac', message }]);
    }
    return testGateway(await find(runtime, caller.site, params.id), mac);
  });
  app.get('/gateways/:id/sessions', { schema: sessions, config: admin }, async ({ caller, params }) =>
    inForce(runtime, await find(runtime, caller.site, params.id)),
  );
}

async function find({ services: { registry } }: Runtime, site: SiteId, text: string): Promise<Gateway> {
  const id = parseGatewayId(text);
  const known = () => registry.ofSite(site).find((gateway) => gateway.id === id);
  // Another process may have configured it just now.
  if (id && !known()) await registry.refresh();
  const gateway = known();
  if (!gateway) throw new AppError('not-found', `There is no gateway "${text}".`);
  return gateway;
}

function show({ services: { registry } }: Runtime, gateway: Gateway) {
  return gatewayObject(registry.describe(gateway));
}

async function list(runtime: Runtime, { site, role }: Caller) {
  const { registry } = runtime.services;
  await registry.refresh();
  const items = registry.ofSite(site).map((gateway) => {
    const { id, kind, health, ...rest } = show(runtime, gateway);
    return roleAllows(role, 'admin') ? { id, kind, health, ...rest } : { id, kind, health };
  });
  return { items, next: null };
}

async function put(
  runtime: Runtime,
  { site, by }: Caller,
  text: string,
  body: Record<string, unknown>,
): Promise<Gateway> {
  const id = parseGatewayId(text);
  if (!id) {
    const message = `A gateway's id has 1 to 32 of a-z, 0-9 and -, and no dash at either end.`;
    throw new AppError('invalid-input', message, [{ field: 'id', message }]);
  }
  const result = await runtime.services.registry.put(site, id, body, by);
  if (result.status === 'invalid') throw new AppError('invalid-input', undefined, result.problems);
  if (result.status === 'taken') throw new AppError('gateway-taken');
  return result.gateway;
}

/** What the gateway says where its lane is held here; else what it last confirmed. */
async function inForce({ stores, worker, now }: Runtime, { site, id }: Gateway) {
  const accesses = await stores.grants.accesses(site, id);
  const told = await worker?.sessions(id).catch((error: unknown) => {
    throw error instanceof DriverError ? new AppError('gateway-failed', error.message) : error;
  });
  const confirmed = accesses.filter((access) => access.confirmedUntil > now());
  const found =
    told ??
    confirmed.map(({ mac, confirmedUntil }) => ({
      mac,
      until: confirmedUntil,
    }));
  const decided = new Map(accesses.map(({ mac, until }) => [mac, until]));
  const items = found.map(({ mac, until }) => {
    const granted = decided.get(mac) ?? 0;
    return {
      mac,
      until: until === undefined ? null : iso(until),
      grantedUntil: granted > now() ? iso(granted) : null,
    };
  });
  return {
    source: told ? ('gateway' as const) : ('confirmed' as const),
    items,
    next: null,
  };
}
