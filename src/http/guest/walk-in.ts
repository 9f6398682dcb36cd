import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { requestState } from '../../domain/walk-in.js';
import { wayOf } from '../../drivers/driver.js';
import { problemWords } from '../people/walk-in-words.js';
import type { GuestContext, Known } from './context.js';
import { chosenLanguage } from './look.js';
import { FORM_BYTES } from './pin.js';
import { show } from './views.js';
import {
  declinedPage,
  unansweredPage,
  waitingPage,
  walkInBusyPage,
  walkInPage,
  walkInProblemPage,
} from './walk-in-pages.js';

const Query = Type.Object({ s: Type.Optional(Type.String()) }, { additionalProperties: true });
const Fields = Type.Object({
  state: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  host: Type.Optional(Type.String()),
});

const RETRY_S = 600;

/** Visitors without a PIN ask their host, and wait on a page that can be closed: the device is known by its hardware address. */
export function walkInRoutes(app: FastifyInstance, context: GuestContext): void {
  const { services, now } = context.deps;
  const { walkIns, registry } = services;

  app.get('/walk-in', { schema: { querystring: Query } }, form);
  app.post('/walk-in', { schema: { body: Fields }, bodyLimit: FORM_BYTES }, send);
  app.get('/waiting', { schema: { querystring: Query } }, waiting);

  async function form(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const { s } = request.query as Static<typeof Query>;
    const known = await context.knownBy(from, context.seal.openStatus(from, s));
    if (!known) return context.unknown(request, reply, 200);
    const lang = chosenLanguage(request) ?? known.lang;
    const here: Known = { ...known, ...(lang ? { lang } : {}) };
    const look = await context.lookFor(request, here);
    const { gateway, mac } = known.client;
    if (!look.walkIn) return reply.redirect(context.againUrl(from, context.refOf(here)), 303);
    const asked = await walkIns.ofClient(gateway.site, gateway.id, mac);
    if (asked && requestState(asked, now()) === 'open')
      return reply.redirect(context.waitingUrl(from, context.refOf(here)), 303);
    return show(reply, 200, walkInPage(look, context.formFor(look, from, here)));
  }

  async function send(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const fields = request.body as Static<typeof Fields>;
    const { name = '', email = '', host = '' } = fields;
    const typed = { name, email, host };
    const redirect = context.seal.openRedirect(from, fields.state);
    const known = redirect ? await context.proveSealed(from, redirect) : await context.locate(from);
    if (!known) return context.unknown(request, reply, 422);
    const look = await context.lookFor(request, known);
    if (!look.walkIn) return reply.redirect(context.againUrl(from, context.refOf(known)), 303);
    const again = context.formFor(look, from, known);
    // What was typed into a page that was open for too long is not lost, it only has to be sent once more.
    if (!redirect) return show(reply, 422, walkInPage(look, again, typed));

    const { gateway, mac } = known.client;
    const done = await walkIns.begin(gateway.site, {
      place: { client: { gateway: gateway.id, mac, ...wayOf(known.client) } },
      form: typed,
      language: look.texts.lang,
      ...(redirect.terms ? { terms: redirect.terms } : {}),
    });
    const ref = context.refOf(known);
    switch (done.status) {
      case 'asked':
        return reply.redirect(context.waitingUrl(from, ref), 303);
      case 'registered':
      case 'online':
        return reply.redirect(context.statusUrl(from, ref), 303);
      case 'closed':
        return reply.redirect(context.againUrl(from, ref), 303);
      case 'busy':
        reply.header('retry-after', RETRY_S);
        return show(reply, 429, walkInBusyPage(look, again, typed));
      case 'invalid': {
        // The terms changed while the page was open: it shows the new ones, and is sent once more.
        const { terms, ...problems } = problemWords(look.people, done.problems);
        const wrong = Object.keys(problems).length > 0;
        return show(
          reply,
          422,
          wrong ? walkInProblemPage(look, again, typed, problems) : walkInPage(look, again, typed),
        );
      }
    }
  }

  async function waiting(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const { s } = request.query as Static<typeof Query>;
    const sealed = context.seal.openStatus(from, s);
    const located = sealed ? undefined : await context.locate(from);
    const who = sealed ?? (located && context.refOf(located));
    const gateway = who && registry.get(who.gateway);
    if (!gateway) return context.unknown(request, reply, 200);
    const lang = chosenLanguage(request) ?? who.lang;
    const { mac, keyed } = who;
    const ref = { gateway: gateway.id, mac, keyed, ...wayOf(who), ...(lang ? { lang } : {}) };
    const asked = await walkIns.ofClient(gateway.site, gateway.id, mac);
    if (!asked) return reply.redirect(context.againUrl(from, ref), 303);
    const state = requestState(asked, now());
    if (state === 'approved') return reply.redirect(context.statusUrl(from, ref), 303);
    const look = await context.look(request, gateway.site, lang);
    const next = context.seal.status(from, ref);
    if (state === 'open') return show(reply, 200, waitingPage(look, next));
    return show(reply, 200, state === 'declined' ? declinedPage(look, next) : unansweredPage(look, next));
  }
}
