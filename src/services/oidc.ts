import * as client from 'openid-client';
import { emailProblem } from '../domain/email.js';
import { MAIN_SITE, newId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import { groupsIn, type Provider, type ProviderForm, parseProvider, roleFrom } from '../domain/provider.js';
import type { Sealing } from '../domain/sealing.js';
import { type Identity, type Person, withoutLogins } from '../domain/team.js';
import type { EventStore } from '../redis/events.js';
import type { LoginStore } from '../redis/logins.js';
import type { ProviderStore } from '../redis/provider.js';
import type { SiteStore } from '../redis/sites.js';
import type { TeamStore } from '../redis/team.js';
import { createProviderClient } from './oidc-client.js';
import type { Begun, SignInService } from './sign-in.js';

/** Why nobody was signed in. */
export type ProviderRefusal =
  | 'off'
  | 'over'
  | 'denied'
  | 'unreachable'
  | 'not-accepted'
  | 'no-mail'
  | 'mail-unverified'
  | 'other-person'
  | 'no-role'
  | 'deactivated';

export type Finished = { status: 'signed-in'; begun: Begun; next: string } | { status: ProviderRefusal };

interface Pending {
  state: string;
  nonce: string;
  verifier: string;
  redirect: string;
  next: string;
  until: number;
}

/** How long somebody may take at the provider. */
export const PROVIDER_MS = 10 * 60_000;
export const CALLBACK = '/login/oidc/callback';

type Claims = Readonly<Record<string, unknown>>;

export type OidcService = ReturnType<typeof createOidc>;

export interface OidcDeps {
  provider: ProviderStore;
  team: TeamStore;
  logins: LoginStore;
  sites: SiteStore;
  events: EventStore;
  sealing: Sealing;
  signIn: Pick<SignInService, 'begin'>;
  now: () => number;
  log: { warn(data: object, message: string): void };
}

/** Signing in with the organisation's own provider (OpenID Connect, authorization code with PKCE). */
export function createOidc(deps: OidcDeps) {
  const { provider: store, team, logins, sites, events, sealing, signIn, now, log } = deps;
  const connectionTo = createProviderClient(now);

  const secretOf = (provider: Provider): string =>
    sealing.unseal('provider', 'client', provider.clientSecret) ?? '';

  function said(error: unknown): void {
    const { name, code } = error as { name?: string; code?: string };
    log.warn({ name, code }, 'the sign-in provider did not do what was asked');
  }

  const connect = (provider: Provider) =>
    connectionTo(provider, secretOf(provider)).catch((error: unknown) => {
      said(error);
      return undefined;
    });

  /** What the provider says of whoever came back with this address. */
  async function claimsOf(
    provider: Provider,
    pending: Pending,
    search: string,
  ): Promise<Claims | 'unreachable' | 'not-accepted'> {
    const connection = await connect(provider);
    if (!connection) return 'unreachable';
    try {
      const tokens = await client.authorizationCodeGrant(
        connection,
        new URL(`${pending.redirect}${search}`),
        { pkceCodeVerifier: pending.verifier, expectedState: pending.state, expectedNonce: pending.nonce },
      );
      const claims = tokens.claims();
      if (!claims) return 'not-accepted';
      const asks =
        connection.serverMetadata().userinfo_endpoint !== undefined &&
        (claims.email === undefined || groupsIn(claims, provider.claim).length === 0);
      const more = asks ? await client.fetchUserInfo(connection, tokens.access_token, claims.sub) : {};
      return { ...claims, ...more, iss: claims.iss, sub: claims.sub };
    } catch (error) {
      said(error);
      const { name, code } = error as { name?: string; code?: string };
      const late = name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || error instanceof TypeError;
      return late ? 'unreachable' : 'not-accepted';
    }
  }

  /** Who this is in the team; made or connected where it is the first time. */
  async function personOf(provider: Provider, identity: Identity, claims: Claims) {
    const known = await team.list();
    const met = known.find(
      ({ identity: own }) => own?.issuer === identity.issuer && own.subject === identity.subject,
    );
    const given = roleFrom(provider, groupsIn(claims, provider.claim), await sites.list());
    const wanted =
      given ?? (provider.otherwise === 'refuse' ? undefined : { role: provider.otherwise, site: MAIN_SITE });
    if (met) return { person: met, wanted };

    const { email, email_verified: verified } = claims;
    if (typeof email !== 'string' || emailProblem(email) !== undefined) return 'no-mail';
    if (verified !== true && !provider.trustsMail) return 'mail-unverified';
    const named = await team.findByEmail(email);
    if (named?.identity) return 'other-person';
    if (named) return { person: named, wanted };
    if (!wanted) return 'no-role';
    const person: Person = { id: newId(), email, ...wanted, createdAt: now(), identity };
    if (!(await team.add(person))) return 'over';
    if (person.role === 'owner') await team.clearSetup();
    const fields = { person: person.id, role: person.role, by: 'provider' };
    await events.append(person.site, 'person.added', fields, now());
    return { person, wanted };
  }

  async function endLogins(person: string): Promise<void> {
    for (const login of await logins.ofPerson(person)) await logins.remove(login);
  }

  /** The person as the provider has them now: connected, and with the role of today. */
  async function settle(provider: Provider, claims: Claims): Promise<Person | ProviderRefusal> {
    const identity = { issuer: String(claims.iss), subject: String(claims.sub) };
    const found = await personOf(provider, identity, claims);
    if (typeof found === 'string') return found;
    const { person, wanted: given } = found;
    if (person.deactivatedAt !== undefined) return 'deactivated';
    // Without any rule people keep the role that an owner gave them here.
    const wanted = provider.rules.length === 0 ? { role: person.role, site: person.site } : given;
    if (!wanted) {
      await team.change(person.id, withoutLogins);
      await endLogins(person.id);
      return 'no-role';
    }
    const decide = (to: Pick<Person, 'role' | 'site'>) => (before: Person) => {
      const same = before.role === to.role && before.site === to.site;
      const after = { ...before, identity, role: to.role, site: to.site };
      return same ? after : withoutLogins(after);
    };
    let result = await team.change(person.id, decide(wanted));
    // The only owner stays one, whatever the provider says.
    if (result.status === 'last-owner') result = await team.change(person.id, decide(person));
    if (result.status !== 'changed') return 'over';
    const { role, site } = result.person;
    if (role !== person.role || site !== person.site) {
      await endLogins(person.id);
      await events.append(site, 'person.changed', { person: person.id, role, by: 'provider' }, now());
    }
    return result.person;
  }

  return {
    /** What the login page offers; undefined where no provider is configured. */
    async offered(): Promise<Pick<Provider, 'button' | 'passwords'> | undefined> {
      const provider = await store.read();
      return provider && { button: provider.button, passwords: provider.passwords };
    },

    /** What is configured, without the secret. */
    async read(): Promise<Omit<Provider, 'clientSecret'> | undefined> {
      const provider = await store.read();
      if (!provider) return undefined;
      const { clientSecret: _, ...shown } = provider;
      return shown;
    },

    /** `answers`: does the provider? It is saved all the same. */
    async save(
      form: ProviderForm,
      by: string,
    ): Promise<{ status: 'saved'; answers: boolean } | { status: 'invalid'; problems: FieldProblem[] }> {
      const had = await store.read();
      const parsed = parseProvider(form, await sites.list(), had !== undefined);
      if (!parsed.ok) return { status: 'invalid', problems: parsed.problems };
      const { clientSecret } = parsed.provider;
      if (clientSecret === '' && had?.issuer !== parsed.provider.issuer) {
        const message = 'Another provider needs its own client secret. Type it.';
        return { status: 'invalid', problems: [{ field: 'clientSecret', message }] };
      }
      const provider = {
        ...parsed.provider,
        clientSecret:
          clientSecret === '' && had ? had.clientSecret : sealing.seal('provider', 'client', clientSecret),
      };
      await store.put(provider);
      await events.append(MAIN_SITE, 'provider.changed', { by }, now());
      return { status: 'saved', answers: (await connect(provider)) !== undefined };
    },

    async remove(by: string): Promise<void> {
      await store.remove();
      await events.append(MAIN_SITE, 'provider.removed', { by }, now());
    },

    /** Where to send the browser, and what its cookie keeps until it comes back. `origin`: of the admin pages. */
    async start(
      origin: string,
      next: string,
    ): Promise<{ status: 'go'; url: string; pending: string } | { status: 'off' | 'unreachable' }> {
      const provider = await store.read();
      if (!provider) return { status: 'off' };
      const connection = await connect(provider);
      if (!connection) return { status: 'unreachable' };
      const pending: Pending = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        redirect: origin + CALLBACK,
        next,
        until: now() + PROVIDER_MS,
      };
      const url = client.buildAuthorizationUrl(connection, {
        redirect_uri: pending.redirect,
        scope: provider.scopes,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      return {
        status: 'go',
        url: url.href,
        pending: sealing.seal('provider', 'pending', JSON.stringify(pending)),
      };
    },

    /** The browser is back. `search`: of the address that it came back with, question mark included. */
    async finish(input: { pending: string | undefined; search: string; agent: string }): Promise<Finished> {
      const provider = await store.read();
      if (!provider) return { status: 'off' };
      const json =
        input.pending === undefined ? undefined : sealing.unseal('provider', 'pending', input.pending);
      if (json === undefined) return { status: 'over' };
      const pending = JSON.parse(json) as Pending;
      const query = new URLSearchParams(input.search);
      if (now() >= pending.until || query.get('state') !== pending.state) return { status: 'over' };
      // Before the provider is asked: of two who come back with the same answer the second reaches nobody.
      if (!(await store.spend(sealing.digest('provider', pending.state), PROVIDER_MS)))
        return { status: 'over' };
      if (query.has('error')) return { status: 'denied' };
      const claims = await claimsOf(provider, pending, input.search);
      if (typeof claims === 'string') return { status: claims };
      const person = await settle(provider, claims);
      if (typeof person === 'string') return { status: person };
      return { status: 'signed-in', begun: await signIn.begin(person, input.agent), next: pending.next };
    },
  };
}
