import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseGatewayId } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import type { Visit } from '../../domain/visit.js';
import { AppError } from '../../errors.js';
import { devicesOf } from '../../services/device-view.js';
import type { Changed, Issued } from '../../services/visits.js';
import { text } from '../pages/form.js';
import type { AdminDeps } from './deps.js';
import { extendBy } from './extensions.js';
import { createPinPass } from './pin-pass.js';
import type { Flash } from './shell.js';
import { confirmPage } from './shell.js';
import { visitId } from './visit.js';
import { tokenOf, wordsFor } from './visit-words.js';

type Request = FastifyRequest<{ Params: { id: string } }>;
type Done = Flash | Promise<Flash>;

/** Why the rules said no, for the desk. */
const REFUSALS: Readonly<Record<string, string>> = {
  'visit-cancelled': 'This visit is cancelled; nothing of it can be changed. Register it anew.',
  'visit-checked-out': 'This visit is checked out; nothing of it can be changed. Register it anew.',
  'visit-checked-in': 'This visitor is checked in already.',
  'not-mailable':
    'There is nothing to send: the visit has no e-mail address, or it is over. Add the address under "Edit".',
  busy: 'Somebody else changed this visit at the same time. Look at it again, then decide.',
};

const count = (many: number, one: string, more: string): string =>
  many === 1 ? `1 ${one}` : `${many} ${more}`;

/** What is done to one visit from its page. Each goes back there, with a message that says what is so now. */
export async function visitActionRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, stores, now } = runtime;
  const { visits } = services;
  const pass = createPinPass(runtime);

  const back = (request: FastifyRequest, reply: FastifyReply, id: string, flash: Flash) => {
    const to = text(request.body, 'back');
    return shell.goOn(request, reply, to === 'home' ? '/' : `/visits/${id}`, flash);
  };

  async function find(request: Request): Promise<Visit> {
    const visit = await visits.find(request.caller.site, visitId(request.params.id));
    if (!visit) throw new AppError('not-found', 'There is no such visit; it may have been erased.');
    return visit;
  }

  const refusal = (result: Exclude<Changed | Issued, { status: 'changed' }>): Flash => {
    if (result.status === 'unknown') throw new AppError('not-found');
    const said =
      result.status === 'invalid'
        ? result.problems.map(({ message }) => message).join(' ')
        : (REFUSALS[result.why] ?? result.why);
    return { text: said, tone: 'bad' };
  };

  /** A route that changes the visit and says what is so then. */
  function action(path: string, run: (request: Request, visit: Visit) => Done): void {
    app.post<{ Params: { id: string } }>(`/visits/:id/${path}`, async (request, reply) => {
      const visit = await find(request);
      return back(request, reply, visit.id, await run(request, visit));
    });
  }

  /** Which devices are online, and which of them stay so since their router cannot be told. */
  async function online(request: Request, visit: Visit) {
    const held = (await stores.grants.ofVisits(request.caller.site, [visit.id])).get(visit.id) ?? [];
    const devices = devicesOf(visit, held, now()).filter((device) => device.online);
    const words = wordsFor(request, visit.timeZone, now());
    const staying = devices.flatMap(({ mac, gateway, until }) => {
      const known = gateway && services.registry.get(gateway);
      if (!known || services.registry.capabilitiesOf(known)?.revoke !== false || !until) return [];
      return `The device ${mac} stays on until ${words.moment(until)}: the router of gateway "${gateway}" cannot be told from afar.`;
    });
    return { devices, staying };
  }

  function offlineWords(devices: number): string {
    if (devices === 0) return 'No device is online now.';
    return `${count(devices, 'device goes', 'devices go')} offline now.`;
  }

  app.get<{ Params: { id: string } }>('/visits/:id/cancel', async (request, reply) => {
    const visit = await find(request);
    const { devices, staying } = await online(request, visit);
    return shell.show(
      request,
      reply,
      confirmPage({
        title: 'Cancel this visit',
        lines: [
          `${visit.name}: the PIN stops working at once, and cannot be brought back.`,
          offlineWords(devices.length),
          ...staying,
        ],
        action: `/visits/${visit.id}/cancel`,
        button: 'Cancel this visit',
        back: `/visits/${visit.id}`,
      }),
    );
  });

  action('cancel', async (request, visit) => {
    const result = await visits.cancel(request.caller.site, visit.id, request.caller.by);
    if (result.status !== 'changed') return refusal(result);
    const staying = await services.staying(request.caller.site, visit.id);
    return {
      text: ['The visit is cancelled.', ...staying].join(' '),
      tone: staying.length > 0 ? 'warn' : 'good',
    };
  });

  action('check-in', async (request, visit) => {
    const result = await visits.checkIn(request.caller.site, visit.id, request.caller.by);
    if (result.status !== 'changed') return refusal(result);
    const words = wordsFor(request, visit.timeZone, now());
    const { until } = tokenOf(result.visit, now());
    const wifi = result.visit.hasToken && until !== undefined && until > now();
    return {
      text: `${visit.name} is checked in.${wifi ? ` The Wi-Fi is open until ${words.clock(until)}.` : ''}`,
    };
  });

  app.get<{ Params: { id: string } }>('/visits/:id/check-out', async (request, reply) => {
    const visit = await find(request);
    const { devices, staying } = await online(request, visit);
    const { values } = await services.settings.read(request.caller.site);
    const ends = values['tokens.endOnCheckOut']
      ? ['The PIN stops working at once.', offlineWords(devices.length), ...staying]
      : ['The devices stay online until the access ends.'];
    return shell.show(
      request,
      reply,
      confirmPage({
        title: `Check out ${visit.name}`,
        lines: [...ends, 'Who comes back needs a new visit.'],
        action: `/visits/${visit.id}/check-out`,
        button: 'Check out',
        fields: { back: text(request.query, 'back') === 'home' ? 'home' : '' },
        back: text(request.query, 'back') === 'home' ? '/' : `/visits/${visit.id}`,
      }),
    );
  });

  action('check-out', async (request, visit) => {
    const result = await visits.checkOut(request.caller.site, visit.id, request.caller.by);
    if (result.status !== 'changed') return refusal(result);
    const staying = await services.staying(request.caller.site, visit.id);
    return {
      text: [`${visit.name} is checked out.`, ...staying].join(' '),
      tone: staying.length > 0 ? 'warn' : 'good',
    };
  });

  /** Lengthens by `minutes`, or moves the end to `until`; the message undoes it. */
  action('extend', async (request, visit) => {
    const minutes = Number(text(request.body, 'minutes'));
    const until = text(request.body, 'until').slice(0, 40);
    const durationMinutes = Number(text(request.body, 'durationMinutes'));
    const asked =
      until !== ''
        ? { until }
        : durationMinutes > 0
          ? { durationMinutes, until: null }
          : extendBy(visit, Number.isInteger(minutes) && minutes > 0 ? minutes : 30, now());
    const { site, by, role } = request.caller;
    const result = await visits.change(site, visit.id, asked, by, role);
    if (result.status !== 'changed') return refusal(result);
    const words = wordsFor(request, visit.timeZone, now());
    const end = tokenOf(result.visit, now()).until;
    const { endAt, durationMs } = visit.terms;
    const before: Record<string, string> =
      endAt === undefined
        ? { durationMinutes: String(Math.round(durationMs / 60_000)) }
        : { until: new Date(endAt).toISOString() };
    return {
      text:
        end === undefined ? 'The visit is longer now.' : `The Wi-Fi is open until ${words.moment(end)} now.`,
      undo: { action: `/visits/${visit.id}/extend`, text: 'Undo', fields: before },
    };
  });

  app.post<{ Params: { id: string } }>('/visits/:id/pin', async (request, reply) => {
    const visit = await find(request);
    const { site, by } = request.caller;
    if (!(await visits.showPin(site, visit.id)))
      return back(request, reply, visit.id, {
        text: 'This visit has no PIN any more: it is over, or was cancelled.',
        tone: 'warn',
      });
    await stores.events.append(site, 'pin.shown', { visit: visit.id, by }, now());
    return reply.redirect(
      `/visits/${visit.id}?shown=${pass.issue(request.session.login.digest, visit.id)}`,
      303,
    );
  });

  app.post<{ Params: { id: string } }>('/visits/:id/reissue', async (request, reply) => {
    const visit = await find(request);
    const dropDevices = text(request.body, 'dropDevices') === 'true';
    const result = await visits.reissue(request.caller.site, visit.id, { dropDevices }, request.caller.by);
    if (result.status !== 'changed') return back(request, reply, visit.id, refusal(result));
    return shell.goOn(
      request,
      reply,
      `/visits/${visit.id}?shown=${pass.issue(request.session.login.digest, visit.id)}`,
      {
        text: dropDevices
          ? 'The visit has a new PIN. The old one is dead, and its devices go offline.'
          : 'The visit has a new PIN. The old one is dead; devices that are online stay so.',
      },
    );
  });

  action('notify', async (request, visit) => {
    const result = await visits.notify(request.caller.site, visit.id, request.caller.by);
    if (result.status !== 'changed') return refusal(result);
    return services.mail.configured()
      ? { text: `The mail with the PIN goes to ${visit.email} again.` }
      : {
          text: 'There is no mail server: the mail waits in the outbox, where it can be read.',
          tone: 'warn',
        };
  });

  action('devices', async (request, visit) => {
    const { site, by } = request.caller;
    const mac = parseMac(text(request.body, 'mac').slice(0, 40));
    const gatewayId = parseGatewayId(text(request.body, 'gateway'));
    const gateway = services.registry.ofSite(site).find(({ id }) => id === gatewayId);
    if (!mac)
      return {
        text: 'That is no hardware address. Look on the device under network settings; right would be 02:00:00:00:00:10.',
        tone: 'bad',
      };
    if (!gateway) return { text: 'Choose the gateway at which the device is.', tone: 'bad' };
    const result = await visits.admitDevice(site, visit.id, gateway.id, mac, by);
    const words = wordsFor(request, visit.timeZone, now());
    switch (result.status) {
      case 'granted':
        return { text: `The device ${mac} is let in until ${words.moment(result.until)}.` };
      case 'unknown':
        throw new AppError('not-found');
      case 'check-in-only':
        return {
          text: 'The PIN of this visit is for check-in only. Issue a new PIN first; that gives it access.',
          tone: 'bad',
        };
      case 'device-limit':
        return {
          text: `The visit has its ${count(visit.maxDevices, 'device', 'devices')} already. Remove one below, or allow more under "Edit".`,
          tone: 'bad',
        };
      case 'early':
        return {
          text:
            result.opensAt === undefined
              ? 'The access begins at check-in. Check the visitor in first.'
              : `The access begins ${words.moment(result.opensAt)}. Move the arrival under "Edit" to let the device in now.`,
          tone: 'bad',
        };
      case 'expired':
        return {
          text: `The access ended ${words.moment(result.endedAt)}. Extend the visit first.`,
          tone: 'bad',
        };
      default:
        return { text: 'The access of this visit is not open.', tone: 'bad' };
    }
  });

  action('devices/remove', async (request, visit) => {
    const { site, by } = request.caller;
    const mac = parseMac(text(request.body, 'mac').slice(0, 40));
    const held = (await stores.grants.ofVisits(site, [visit.id])).get(visit.id) ?? [];
    const device = mac && devicesOf(visit, held, now()).find((one) => one.mac === mac);
    if (!mac || !device || !(await visits.removeDevice(site, visit.id, mac, by)))
      return { text: 'The visit has no such device any more.', tone: 'warn' };
    const undo =
      device.online && device.gateway
        ? {
            undo: {
              action: `/visits/${visit.id}/devices`,
              text: 'Undo: let it in again',
              fields: { mac, gateway: device.gateway },
            },
          }
        : {};
    return { text: `The device ${mac} is removed; its place is free.`, ...undo };
  });
}
