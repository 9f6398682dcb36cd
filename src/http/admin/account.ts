import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { PASSWORD_LEAST, type Person } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { Login } from '../../redis/logins.js';
import { handleOf, type Session } from '../../services/sign-in.js';
import { totpAddress } from '../../services/totp.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import { browserName } from './account-browser.js';
import type { AdminDeps } from './deps.js';
import type { LoginCookie } from './gate.js';
import { heldStatus, heldWords } from './login.js';

type Problems = Record<string, string | undefined>;

interface AccountPage {
  person: Person;
  logins: { handle: string; browser: string; since: number; seen: number; here: boolean }[];
  problems: Problems;
}

/** One's own ways in: password, second factor, and the browsers that are signed in. */
const accountPage = (data: AccountPage): Page => ({
  template: 'admin/account',
  data: { ...data, least: PASSWORD_LEAST, codesLeft: data.person.secondFactor?.recovery.length ?? 0 },
});

interface FactorPage {
  sealed: string;
  secret: string;
  email: string;
  problems: Problems;
}

/** A QR code for an app, and the field for what the app shows. */
const factorPage = ({ sealed, secret, email, problems }: FactorPage): Page => ({
  template: 'admin/account-factor',
  data: {
    sealed,
    email,
    groups: secret.match(/.{1,4}/g) ?? [],
    picture: `data:image/svg+xml;base64,${Buffer.from(renderSVG(totpAddress(secret, email), { border: 2 })).toString('base64')}`,
    problems,
  },
});

/** Recovery codes, this once. */
const codesPage = (codes: string[]): Page => ({ template: 'admin/account-codes', data: { codes } });

/** `/account`: what people change of their own way in. */
export async function accountRoutes(
  app: FastifyInstance,
  { runtime, shell }: AdminDeps,
  cookie: LoginCookie,
): Promise<void> {
  const { account, signIn } = runtime.services;

  const rowOf = (login: Login, { login: own }: Session) => ({
    handle: handleOf(login),
    browser: browserName(login.agent),
    since: login.createdAt,
    seen: login.seenAt,
    here: login.digest === own.digest,
  });

  async function show(request: FastifyRequest, reply: FastifyReply, problems: Problems = {}, status = 200) {
    const { session } = request;
    const logins = await signIn.loginsOf(session.person.id);
    const rows = logins.map((login) => rowOf(login, session)).sort((a, b) => Number(b.here) - Number(a.here));
    return shell.show(
      request,
      reply,
      accountPage({ person: session.person, logins: rows, problems }),
      status,
    );
  }

  /** This browser gets a new cookie: what it may do has changed. Pages that follow carry the new token. */
  async function renew(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const token = await signIn.rotate(request.session);
    const session = await signIn.session(token);
    if (!session) throw new AppError('unauthorized');
    request.session = session;
    cookie.set(request, reply, token);
  }

  app.get('/account', async (request, reply) => show(request, reply));

  app.post('/account/password', async (request, reply) => {
    const input = { current: text(request.body, 'current'), password: text(request.body, 'password') };
    const result = await account.changePassword(request.session, input);
    switch (result.status) {
      case 'done':
        await renew(request, reply);
        return shell.goOn(request, reply, '/account', {
          text: 'Your password is changed. Every other browser is signed out.',
        });
      case 'invalid':
        return show(request, reply, byField(result.problems), 422);
      default:
        return show(request, reply, { current: heldWords(reply, result) }, heldStatus(result));
    }
  });

  app.post('/account/logins/:id/end', async (request, reply) => {
    const { id } = request.params as { id: string };
    if (id === handleOf(request.session.login)) {
      await signIn.signOut(request.session);
      return cookie.drop(request, reply).redirect('/login', 303);
    }
    const done = await signIn.signOutOne(request.session.person.id, id);
    return shell.goOn(request, reply, '/account', {
      text: done ? 'That browser is signed out.' : 'That browser was signed out already.',
    });
  });

  app.post('/account/logins/end', async (request, reply) => {
    await signIn.signOutEverywhere(request.session.person.id);
    return cookie.drop(request, reply).redirect('/login', 303);
  });

  const offer = (request: FastifyRequest, reply: FastifyReply, problems: Problems = {}, status = 200) => {
    const { email } = request.session.person;
    const offered = account.offer(request.session, text(request.body, 'secret'));
    return shell.show(request, reply, factorPage({ ...offered, email, problems }), status);
  };

  app.get('/account/second-factor', async (request, reply) => {
    const { secondFactor, passwordHash } = request.session.person;
    return secondFactor || passwordHash === undefined
      ? reply.redirect('/account', 303)
      : offer(request, reply);
  });

  app.post('/account/second-factor', async (request, reply) => {
    const result = await account.turnOn(request.session, {
      sealed: text(request.body, 'secret'),
      code: text(request.body, 'code').slice(0, 40),
      password: text(request.body, 'password'),
    });
    switch (result.status) {
      case 'done':
        await renew(request, reply);
        return shell.show(request, reply, codesPage(result.codes));
      case 'invalid':
        return offer(request, reply, byField(result.problems), 422);
      default:
        return offer(request, reply, { code: heldWords(reply, result) }, heldStatus(result));
    }
  });

  app.post('/account/second-factor/off', async (request, reply) => {
    const result = await account.turnOff(request.session, text(request.body, 'off'));
    switch (result.status) {
      case 'done':
        await renew(request, reply);
        return shell.goOn(request, reply, '/account', {
          text: 'The second factor is off. The password alone signs you in.',
          tone: 'warn',
        });
      case 'invalid':
        return show(request, reply, byField(result.problems), 422);
      default:
        return show(request, reply, { off: heldWords(reply, result) }, heldStatus(result));
    }
  });

  app.post('/account/recovery-codes', async (request, reply) => {
    const result = await account.renewCodes(request.session, text(request.body, 'proof'));
    switch (result.status) {
      case 'done':
        return shell.show(request, reply, codesPage(result.codes));
      case 'invalid':
        return show(request, reply, byField(result.problems), 422);
      default:
        return show(request, reply, { proof: heldWords(reply, result) }, heldStatus(result));
    }
  });
}
