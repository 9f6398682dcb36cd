import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ProviderForm, writeRules } from '../../domain/provider.js';
import { CALLBACK } from '../../services/oidc.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { adminOrigin } from './gate.js';
import { roleOptions } from './keys.js';
import { confirmPage } from './shell.js';

type Problems = Record<string, string | undefined>;

interface ProviderPage {
  form: Omit<ProviderForm, 'clientSecret'>;
  hasSecret: boolean;
  configured: boolean;
  /** What the provider has to be told. */
  redirect: string;
  problems: Problems;
}

/** The organisation's own provider. */
const providerPage = (data: ProviderPage): Page => ({
  template: 'admin/team-sign-in',
  data: {
    ...data,
    otherwise: [{ value: 'refuse', text: 'Nobody: do not let them in' }, ...roleOptions],
    passwords: [
      { value: 'everybody', text: 'Everybody who has one' },
      { value: 'owners', text: 'Owners only' },
    ],
  },
});

const EMPTY: ProviderPage['form'] = {
  issuer: '',
  clientId: '',
  button: 'Sign in with your organisation',
  scopes: 'openid email profile',
  claim: 'groups',
  rules: '',
  otherwise: 'refuse',
  trustsMail: '',
  passwords: 'everybody',
};

/** `/team/sign-in`: OpenID Connect. */
export async function providerPages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { oidc } = runtime.services;
  const config = { role: 'owner' } as const;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    typed?: ProviderPage['form'],
    problems: Problems = {},
  ) {
    const kept = await oidc.read();
    const saved = kept && {
      ...kept,
      rules: writeRules(kept.rules),
      trustsMail: kept.trustsMail ? 'true' : '',
    };
    const configured = kept !== undefined;
    const redirect = adminOrigin(runtime, request) + CALLBACK;
    const form = typed ?? saved ?? EMPTY;
    const page = providerPage({ form, hasSecret: configured, configured, redirect, problems });
    return shell.show(request, reply, page, Object.keys(problems).length > 0 ? 422 : 200);
  }

  app.get('/team/sign-in', { config }, async (request, reply) => show(request, reply));

  app.post('/team/sign-in', { config }, async (request, reply) => {
    const names = [...Object.keys(EMPTY), 'clientSecret'] as (keyof ProviderForm)[];
    const form = Object.fromEntries(
      names.map((name) => [name, text(request.body, name).slice(0, 40_000)]),
    ) as ProviderForm;
    const result = await oidc.save(form, request.caller.by);
    if (result.status === 'invalid') {
      const { clientSecret: _, ...typed } = form;
      return show(request, reply, typed, byField(result.problems));
    }
    return shell.goOn(
      request,
      reply,
      '/team/sign-in',
      result.answers
        ? { text: 'Saved. The provider answers; the login page shows its button now.' }
        : {
            tone: 'warn',
            text: 'Saved, but the provider does not answer as one at that address. Check the issuer, and that this machine reaches it.',
          },
    );
  });

  app.get('/team/sign-in/remove', { config }, async (request, reply) => {
    const page = confirmPage({
      title: 'Remove the provider?',
      lines: [
        'Nobody can sign in with it any more. Who has no password here needs a link from an owner.',
        'Who is signed in stays signed in.',
      ],
      action: '/team/sign-in/remove',
      button: 'Remove the provider',
      back: '/team/sign-in',
    });
    return shell.show(request, reply, page);
  });

  app.post('/team/sign-in/remove', { config }, async (request, reply) => {
    await oidc.remove(request.caller.by);
    return shell.goOn(request, reply, '/team', { text: 'The provider is removed.' });
  });
}
