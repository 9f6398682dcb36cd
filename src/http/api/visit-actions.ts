import { Type } from 'typebox';
import { blockedProblem } from '../../domain/block.js';
import { parseGatewayId } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { MAC_PROBLEM } from '../../domain/person.js';
import type { Visit } from '../../domain/visit.js';
import { AppError, type FieldProblem } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { CheckedIn } from '../../services/kiosk.js';
import { grantObject, iso, visitObject, visitWithPin } from '../../services/objects.js';
import type { Caller } from './auth.js';
import { type Api, call, Id, recordId } from './call.js';
import { GrantSchema, VisitSchema, VisitWithPinSchema } from './schemas.js';
import { refuse } from './visits.js';

const checkingIn = call(
  { summary: 'The visitor is here', description: 'May start the token.', params: Id },
  { 200: VisitSchema },
);

const PIN_PROBLEM = 'A PIN has 5 to 10 digits. Right would be 4827193.';
const EMAIL_PROBLEM =
  'Too many PINs were wrong: ask for the e-mail address of the visit as well, such as anna@example.com.';

const checkingInByPin = call(
  {
    summary: 'The visitor is here, and has typed the PIN',
    description:
      'Guesses count as those at a check-in desk do. After too many the call asks for `email` as well, then it is throttled.',
    body: Type.Object(
      {
        pin: Type.String({ maxLength: 100, examples: ['4827193'] }),
        email: Type.Optional(
          Type.String({ maxLength: 254, description: 'Of the visit, where it is asked for' }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { 200: VisitSchema },
);

const checkingOut = call(
  { summary: 'The visitor has left', description: 'Ends the token and takes the devices off.', params: Id },
  { 200: VisitSchema },
);

const reissuing = call(
  {
    summary: 'A new PIN',
    description: 'The old one is dead; devices stay on the network unless asked.',
    params: Id,
    body: Type.Object(
      {
        dropDevices: Type.Optional(Type.Boolean({ default: false })),
        notify: Type.Optional(
          Type.Boolean({ description: 'Send the new PIN by mail. Without it `mail.onRegistration` decides' }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { 200: VisitWithPinSchema },
);

const notifying = call(
  {
    summary: 'Send the PIN by mail again',
    description: 'In the visitor’s language, with the times as they are now.',
    params: Id,
  },
  { 202: VisitSchema },
);

const admitting = call(
  {
    summary: 'Let in a device that cannot type',
    description: 'The rules of a PIN hold: the token must be in force, and the device takes a slot.',
    params: Id,
    body: Type.Object(
      {
        mac: Type.String({ examples: ['02:00:00:00:00:10'] }),
        gateway: Type.String({ examples: ['router'] }),
      },
      { additionalProperties: false },
    ),
  },
  { 201: GrantSchema },
);

const dropping = call(
  {
    summary: 'Take a device off the network and free its slot',
    params: Type.Object({ id: Type.String(), mac: Type.String() }, { additionalProperties: false }),
  },
  { 204: null },
);

export async function visitActionRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { visits, kiosk } = runtime.services;
  const config = { role: 'desk' } as const;

  app.post('/visits/:id/check-in', { schema: checkingIn, config }, async ({ caller, params }) => {
    const result = await visits.checkIn(caller.site, recordId(params.id), caller.by);
    return result.status === 'changed' ? visitObject(result.visit, runtime.now()) : refuse(result);
  });
  app.post('/visits/check-in', { schema: checkingInByPin, config }, async ({ caller, body }, reply) => {
    const { pin, email = '' } = body;
    const typed = { pin, ...(email.trim() ? { email: email.trim() } : {}) };
    const result = await kiosk.checkInByPin(caller.site, caller.by, typed);
    if (result.status === 'throttled')
      reply.header('Retry-After', Math.max(1, Math.ceil(result.retryAfterMs / 1000)));
    return visitObject(checkedIn(result), runtime.now());
  });
  app.post('/visits/:id/check-out', { schema: checkingOut, config }, async ({ caller, params }) => {
    const result = await visits.checkOut(caller.site, recordId(params.id), caller.by);
    return result.status === 'changed' ? visitObject(result.visit, runtime.now()) : refuse(result);
  });
  app.post('/visits/:id/pin', { schema: reissuing, config }, async ({ caller, params, body }) => {
    const options = {
      dropDevices: body.dropDevices ?? false,
      ...(body.notify === undefined ? {} : { notify: body.notify }),
    };
    const result = await visits.reissue(caller.site, recordId(params.id), options, caller.by);
    return result.status === 'changed'
      ? visitWithPin(result, runtime.now(), runtime.portalOrigin())
      : refuse(result);
  });
  app.post('/visits/:id/notify', { schema: notifying, config }, async ({ caller, params }, reply) => {
    const result = await visits.notify(caller.site, recordId(params.id), caller.by);
    if (result.status !== 'changed') return refuse(result);
    reply.code(202);
    return visitObject(result.visit, runtime.now());
  });
  app.post('/visits/:id/devices', { schema: admitting, config }, async ({ caller, params, body }, reply) => {
    const grant = await admit(runtime, caller, recordId(params.id), body);
    reply.code(201);
    return grant;
  });
  app.delete('/visits/:id/devices/:mac', { schema: dropping, config }, async ({ caller, params }, reply) => {
    const mac = parseMac(params.mac);
    const done = mac && (await visits.removeDevice(caller.site, recordId(params.id), mac, caller.by));
    if (!done) throw new AppError('not-found', 'The visit has no such device.');
    return reply.code(204).send();
  });
}

/** The visit, or the fault that stands for what was typed. */
function checkedIn(result: CheckedIn): Visit {
  switch (result.status) {
    case 'changed':
      return result.visit;
    case 'malformed':
      throw new AppError('invalid-input', undefined, [{ field: 'pin', message: PIN_PROBLEM }]);
    case 'email':
      throw new AppError('invalid-input', undefined, [{ field: 'email', message: EMAIL_PROBLEM }]);
    case 'early': {
      const { expectedArrival, timeZone } = result.visit;
      throw new AppError('visit-early', `The visitor is expected at ${expectedArrival} (${timeZone}).`);
    }
    case 'cancelled':
      throw new AppError('visit-cancelled');
    case 'checked-out':
      throw new AppError('visit-checked-out');
    case 'throttled':
      throw new AppError('throttled');
    // A visit that was erased between the look and the check-in is nobody's PIN any more.
    case 'unknown':
      throw new AppError('pin-refused');
    case 'refused':
      if ('why' in result) return refuse(result);
      throw new AppError('pin-refused');
    default:
      return refuse(result);
  }
}

async function admit(
  { services, stores, now }: Runtime,
  { site, by }: Caller,
  id: string,
  body: { mac: string; gateway: string },
) {
  const mac = parseMac(body.mac);
  const gatewayId = parseGatewayId(body.gateway);
  const gateway = services.registry.ofSite(site).find((one) => one.id === gatewayId);
  const problems: FieldProblem[] = [];
  if (!mac) problems.push({ field: 'mac', message: MAC_PROBLEM });
  if (!gateway) problems.push({ field: 'gateway', message: `This site has no gateway "${body.gateway}".` });
  if (!mac || !gateway) throw new AppError('invalid-input', undefined, problems);

  const result = await services.visits.admitDevice(site, id, gateway.id, mac, by);
  switch (result.status) {
    case 'granted': {
      const grant = await stores.grants.find(site, result.grant);
      if (!grant) throw new Error('a grant is gone as soon as it was made');
      return grantObject(grant, await stores.grants.access(site, gateway.id, mac), now());
    }
    case 'unknown':
      throw new AppError('not-found');
    case 'blocked': {
      const block = await services.blocks.check(site, { mac });
      const problems = block ? [blockedProblem(block, { mac })] : [];
      throw new AppError('invalid-input', undefined, problems);
    }
    case 'check-in-only':
      throw new AppError('no-token');
    case 'device-limit':
      throw new AppError('device-limit');
    case 'early': {
      const when = result.opensAt === undefined ? 'after check-in' : `at ${iso(result.opensAt)}`;
      throw new AppError('token-not-open', `The token opens ${when}.`);
    }
    case 'expired':
      throw new AppError('token-not-open', `The token ended at ${iso(result.endedAt)}.`);
    default:
      throw new AppError('token-not-open');
  }
}
