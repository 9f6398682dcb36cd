import diagnostics from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';
import t from 'tap';
import { TEAM_ROLES, type TeamRole } from '../../../src/domain/team.js';
import { hashPassword } from '../../../src/services/sign-in-passwords.js';
import { PASSWORD, startAdmin } from '../../fixtures/admin.js';
import { SITE } from '../../fixtures/runtime.js';

/** Who may: at least this role; `open`: everybody, without signing in. */
type Needs = TeamRole | 'open';

/** Every route of the admin listener. A page or call that is new here needs a row. */
const PAGES: Readonly<Record<string, Needs>> = {
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'open',
  'GET /assets/*': 'open',
  'GET /theme.css': 'open',
  'GET /setup': 'open',
  'POST /setup': 'open',
  'GET /login': 'open',
  'POST /login': 'open',
  'GET /login/code': 'open',
  'POST /login/code': 'open',
  'GET /login/forgot': 'open',
  'POST /login/forgot': 'open',
  'GET /login/oidc': 'open',
  'GET /login/oidc/callback': 'open',
  'GET /join': 'open',
  'POST /join': 'open',
  'GET /': 'desk',
  'POST /logout': 'desk',
  'POST /site': 'owner',
  'GET /sessions': 'desk',
  'GET /sessions/stream': 'desk',
  'GET /sessions/:grant/revoke': 'desk',
  'POST /sessions/:grant/revoke': 'desk',
  'POST /sessions/:grant/extend': 'desk',
  'GET /gateways': 'desk',
  'GET /gateways/new': 'admin',
  'POST /gateways/new': 'admin',
  'GET /gateways/:id': 'admin',
  'GET /gateways/:id/edit': 'admin',
  'POST /gateways/:id/edit': 'admin',
  'GET /gateways/:id/test': 'admin',
  'POST /gateways/:id/test': 'admin',
  'GET /gateways/:id/rules': 'admin',
  'GET /gateways/:id/files/:name': 'admin',
  'GET /gateways/:id/remove': 'admin',
  'POST /gateways/:id/remove': 'admin',
  'GET /queue': 'admin',
  'POST /queue/retry': 'admin',
  'POST /queue/discard': 'admin',
  'GET /wizard': 'admin',
  'POST /wizard/later': 'admin',
  'GET /wizard/site': 'admin',
  'POST /wizard/site': 'admin',
  'GET /wizard/gateway': 'admin',
  'POST /wizard/gateway': 'admin',
  'POST /wizard/gateway/test': 'admin',
  'GET /wizard/mail': 'admin',
  'POST /wizard/mail': 'admin',
  'GET /wizard/visit': 'admin',
  'POST /wizard/visit': 'admin',
  'POST /attention/retry': 'admin',
  'GET /visits': 'desk',
  'POST /visits/chosen': 'desk',
  'POST /visits/cancel': 'desk',
  'GET /visits/new': 'desk',
  'POST /visits/new': 'desk',
  'GET /visits/without-token': 'desk',
  'POST /visits/without-token': 'desk',
  'GET /visits/:id': 'desk',
  'GET /visits/:id/edit': 'desk',
  'POST /visits/:id/edit': 'desk',
  'GET /visits/:id/cancel': 'desk',
  'POST /visits/:id/cancel': 'desk',
  'POST /visits/:id/check-in': 'desk',
  'GET /visits/:id/check-out': 'desk',
  'POST /visits/:id/check-out': 'desk',
  'POST /visits/:id/extend': 'desk',
  'POST /visits/:id/notify': 'desk',
  'POST /visits/:id/pin': 'desk',
  'POST /visits/:id/reissue': 'desk',
  'POST /visits/:id/devices': 'desk',
  'POST /visits/:id/devices/remove': 'desk',
  'GET /visits/import': 'desk',
  'POST /visits/import': 'desk',
  'POST /visits/import/check': 'desk',
  'GET /visits/export.csv': 'admin',
  'GET /visits/:id/badge': 'desk',
  'GET /visits/:id/sheet': 'desk',
  'GET /visits/print': 'desk',
  'GET /account': 'desk',
  'POST /account/password': 'desk',
  'POST /account/logins/:id/end': 'desk',
  'POST /account/logins/end': 'desk',
  'GET /account/second-factor': 'desk',
  'POST /account/second-factor': 'desk',
  'POST /account/second-factor/off': 'desk',
  'POST /account/recovery-codes': 'desk',
  'GET /webhooks': 'admin',
  'GET /webhooks/new': 'admin',
  'POST /webhooks/new': 'admin',
  'GET /webhooks/:id': 'admin',
  'GET /webhooks/:id/edit': 'admin',
  'POST /webhooks/:id/edit': 'admin',
  'POST /webhooks/:id/test': 'admin',
  'POST /webhooks/:id/switch': 'admin',
  'POST /webhooks/:id/secret': 'admin',
  'POST /webhooks/:id/replay': 'admin',
  'GET /webhooks/:id/remove': 'admin',
  'POST /webhooks/:id/remove': 'admin',
  'GET /audit': 'admin',
  'GET /audit/export.csv': 'admin',
  'GET /audit/export.ndjson': 'admin',
  'GET /blocks': 'admin',
  'POST /blocks': 'admin',
  'POST /blocks/remove': 'admin',
  'GET /privacy': 'admin',
  'POST /privacy': 'admin',
  'POST /privacy/export': 'admin',
  'POST /privacy/erasing': 'admin',
  'POST /privacy/erase': 'admin',
  'GET /privacy/export': 'admin',
  'GET /privacy/erasing': 'admin',
  'GET /privacy/erase': 'admin',
  'GET /templates': 'admin',
  'GET /templates/:kind/:lang': 'admin',
  'POST /templates/:kind/:lang': 'admin',
  'GET /templates/:kind/:lang/preview': 'admin',
  'POST /templates/:kind/:lang/preview': 'admin',
  'POST /templates/:kind/:lang/test': 'admin',
  'GET /templates/:kind/:lang/reset': 'admin',
  'POST /templates/:kind/:lang/reset': 'admin',
  'GET /outbox': 'admin',
  'GET /outbox/:id': 'admin',
  'POST /outbox/:id/show': 'admin',
  'POST /outbox/:id/retry': 'admin',
  'GET /outbox/:id/discard': 'admin',
  'POST /outbox/:id/discard': 'admin',
  'GET /desks': 'admin',
  'POST /desks': 'admin',
  'POST /desks/withdraw': 'admin',
  'GET /desks/:id': 'admin',
  'POST /desks/:id': 'admin',
  'GET /desks/:id/unpair': 'admin',
  'POST /desks/:id/unpair': 'admin',
  'POST /visits/search': 'desk',
  'GET /walk-ins': 'desk',
  'POST /walk-ins/:id': 'desk',
  'GET /settings': 'admin',
  'GET /settings/:group': 'admin',
  'POST /settings/:group': 'admin',
  'GET /settings/portal/preview': 'admin',
  'POST /settings/portal/preview': 'admin',
  'GET /team': 'owner',
  'POST /team': 'owner',
  'GET /team/new': 'owner',
  'GET /team/:id': 'owner',
  'POST /team/:id': 'owner',
  'GET /team/:id/deactivate': 'owner',
  'POST /team/:id/deactivate': 'owner',
  'POST /team/:id/activate': 'owner',
  'GET /team/:id/remove': 'owner',
  'POST /team/:id/remove': 'owner',
  'GET /team/:id/reset': 'owner',
  'POST /team/:id/reset': 'owner',
  'GET /team/sign-in': 'owner',
  'POST /team/sign-in': 'owner',
  'GET /team/sign-in/remove': 'owner',
  'POST /team/sign-in/remove': 'owner',
  'GET /keys': 'owner',
  'POST /keys': 'owner',
  'GET /keys/:id/remove': 'owner',
  'POST /keys/:id/remove': 'owner',
  'GET /sites': 'owner',
  'POST /sites': 'owner',
  'GET /sites/:id/remove': 'owner',
  'POST /sites/:id/remove': 'owner',
};

/** Every call of the API, under `/api/v1`. */
const CALLS: Readonly<Record<string, Needs>> = {
  'GET /openapi.json': 'open',
  'GET /visits': 'desk',
  'POST /visits': 'desk',
  'GET /visits/:id': 'desk',
  'PATCH /visits/:id': 'desk',
  'DELETE /visits/:id': 'desk',
  'POST /visits/check-in': 'desk',
  'POST /visits/:id/check-in': 'desk',
  'POST /visits/:id/check-out': 'desk',
  'POST /visits/:id/pin': 'desk',
  'POST /visits/:id/notify': 'desk',
  'POST /visits/:id/devices': 'desk',
  'DELETE /visits/:id/devices/:mac': 'desk',
  'POST /visits/import': 'desk',
  'GET /visits/export.csv': 'admin',
  'GET /walk-ins': 'desk',
  'POST /walk-ins/:id/approve': 'desk',
  'POST /walk-ins/:id/decline': 'desk',
  'GET /grants': 'desk',
  'DELETE /grants/:id': 'desk',
  'GET /gateways': 'desk',
  'GET /gateways/:id': 'admin',
  'PUT /gateways/:id': 'admin',
  'DELETE /gateways/:id': 'admin',
  'POST /gateways/:id/test': 'admin',
  'GET /gateways/:id/sessions': 'admin',
  'GET /settings': 'admin',
  'PATCH /settings': 'admin',
  'GET /events': 'admin',
  'GET /webhooks': 'admin',
  'POST /webhooks': 'admin',
  'GET /webhooks/:id': 'admin',
  'PATCH /webhooks/:id': 'admin',
  'DELETE /webhooks/:id': 'admin',
  'POST /webhooks/:id/test': 'admin',
  'POST /webhooks/:id/replay': 'admin',
  'POST /webhooks/:id/secret': 'admin',
  'GET /webhooks/:id/deliveries': 'admin',
  'GET /visits/:id/mails': 'desk',
  'GET /blocks': 'admin',
  'POST /blocks': 'admin',
  'DELETE /blocks/:id': 'admin',
  'POST /privacy/search': 'admin',
  'POST /privacy/export': 'admin',
  'POST /privacy/erase': 'admin',
  'GET /terms': 'admin',
  'GET /templates': 'admin',
  'GET /templates/:kind/:lang': 'admin',
  'PUT /templates/:kind/:lang': 'admin',
  'DELETE /templates/:kind/:lang': 'admin',
  'POST /templates/:kind/:lang/preview': 'admin',
  'POST /templates/:kind/:lang/test': 'admin',
  'GET /sites': 'owner',
  'POST /sites': 'owner',
  'DELETE /sites/:id': 'owner',
  'GET /keys': 'owner',
  'POST /keys': 'owner',
  'DELETE /keys/:id': 'owner',
  'GET /team': 'owner',
  'POST /team': 'owner',
  'PATCH /team/:id': 'owner',
  'DELETE /team/:id': 'owner',
};

const API = '/api/v1';

interface Route {
  method: string;
  url: string;
}

const routes: Route[] = [];
const collect = (message: unknown): void => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url, schema }: RouteOptions) => {
    // Methods that a call does not have are answered with 405.
    const missing = url.startsWith(API) && Array.isArray(method) && (schema as { hide?: boolean })?.hide;
    if (missing) return;
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url });
  });
};
diagnostics.subscribe('fastify.initialization', collect);
const { app, runtime } = await startAdmin(t);
diagnostics.unsubscribe('fastify.initialization', collect);
await app.ready();

const passwordHash = await hashPassword(PASSWORD);
let people = 0;

/** Somebody of this role with a new login: what a route does to it matters to no other. */
async function cookieOf(role: TeamRole): Promise<{ cookie: string; csrf: string }> {
  const id = `${role}${++people}`;
  const person = { id, email: `${id}@example.com`, role, site: SITE, passwordHash, createdAt: 0 };
  await runtime.stores.team.add(person);
  const { token } = await runtime.services.signIn.begin(person, 'Test');
  return { cookie: `foyer=${token}`, csrf: runtime.sealing.digest('csrf', token) };
}

const concrete = (url: string): string => url.replace(/:\w+/g, 'x').replace('*', 'style.css');

/** Asks, and looks at the head of the answer only: some go on for as long as somebody listens. */
async function ask({ method, url }: Route, headers: Record<string, string>, body?: Record<string, string>) {
  const answer = await app.inject({
    method: method as 'GET',
    url: concrete(url),
    headers: { host: 'localhost', ...headers },
    payloadAsStream: true,
    ...(body === undefined ? {} : { payload: new URLSearchParams(body).toString() }),
  });
  answer.stream().destroy();
  return { status: answer.statusCode, location: String(answer.headers.location ?? '') };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const isCall = ({ url }: Route): boolean => url.startsWith(`${API}/`);
const rowOf = (route: Route): Needs | undefined =>
  isCall(route)
    ? CALLS[`${route.method} ${route.url.slice(API.length)}`]
    : PAGES[`${route.method} ${route.url}`];
const nameOf = ({ method, url }: Route): string => `${method} ${url}`;

t.test('every route has a row that says who may ask it, and every row a route', async (t) => {
  t.ok(routes.length > 60);
  for (const route of routes) t.ok(rowOf(route), `add a row for ${nameOf(route)}`);
  const there = new Set(routes.map(nameOf));
  for (const name of Object.keys(PAGES)) t.ok(there.has(name), `there is no ${name} any more`);
  for (const name of Object.keys(CALLS))
    t.ok(there.has(name.replace(' ', ` ${API}`)), `there is no ${name} any more`);
});

t.test('every page answers those who may, and nobody else', async (t) => {
  for (const route of routes.filter((one) => !isCall(one))) {
    const needs = rowOf(route);
    if (needs === undefined) continue;
    const nobody = await ask(route, FORM, route.method === 'GET' ? undefined : {});
    if (needs === 'open') {
      t.ok(nobody.status < 500 || nobody.status === 503, `${nameOf(route)}: ${nobody.status}`);
      continue;
    }
    t.match(nobody, { status: 303, location: /^\/login/ }, `${nameOf(route)} by nobody`);
    for (const role of TEAM_ROLES) {
      const { cookie, csrf } = await cookieOf(role);
      const body = route.method === 'GET' ? undefined : { _csrf: csrf };
      const { status, location } = await ask(route, { cookie, ...FORM }, body);
      const may = TEAM_ROLES.indexOf(role) >= TEAM_ROLES.indexOf(needs);
      const title = `${nameOf(route)} by ${role}: ${status}`;
      if (!may) t.equal(status, 403, title);
      else t.ok(status !== 403 && status < 500 && !location.startsWith('/login?'), title);
    }
  }
});

t.test('no form is taken without the token of the login', async (t) => {
  for (const route of routes) {
    if (isCall(route) || route.method === 'GET' || rowOf(route) === 'open') continue;
    const { cookie } = await cookieOf('owner');
    for (const body of [{}, { _csrf: 'x' }] as Record<string, string>[])
      t.equal((await ask(route, { cookie, ...FORM }, body)).status, 403, nameOf(route));
  }
});

t.test('every call answers the keys that may, and no other', async (t) => {
  const keys = await Promise.all(
    TEAM_ROLES.map(async (role) => {
      const made = await runtime.services.team.addKey({ name: role, role, site: SITE }, 'test');
      if (made.status !== 'added') throw new Error(made.status);
      return { role, authorization: `Bearer ${made.secret}` };
    }),
  );
  for (const route of routes.filter(isCall)) {
    const needs = rowOf(route);
    if (needs === undefined) continue;
    const nobody = await ask(route, {});
    if (needs === 'open') {
      t.equal(nobody.status, 200, nameOf(route));
      continue;
    }
    t.equal(nobody.status, 401, `${nameOf(route)} by nobody`);
    const { cookie } = await cookieOf('owner');
    t.equal((await ask(route, { cookie })).status, 401, `${nameOf(route)} by a login`);
    for (const { role, authorization } of keys) {
      const { status } = await ask(route, { authorization });
      const may = TEAM_ROLES.indexOf(role) >= TEAM_ROLES.indexOf(needs);
      const title = `${nameOf(route)} by a key of ${role}: ${status}`;
      if (!may) t.equal(status, 403, title);
      else t.ok(status !== 401 && status !== 403 && status < 500, title);
    }
  }
});
