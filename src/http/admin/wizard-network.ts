import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseGatewayId, parseRecordId } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import type { MailState } from '../../domain/mail.js';
import { AppError } from '../../errors.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { emptyForm, type GatewayForm, type KindChoice, kindChoices, saveForm } from './gateway-edit.js';
import { shownTest, type TestPage } from './gateway-test.js';
import { type StepsLine, stepsLine } from './wizard.js';

export interface WizardGateway {
  steps: StepsLine;
  /** The kinds to choose from, the fields of the chosen one, or the test of what was saved. */
  kinds: KindChoice[] | undefined;
  form: GatewayForm | undefined;
  test: TestPage | undefined;
  hasDemo: boolean;
}

export const wizardGatewayPage = (data: WizardGateway): Page => ({ template: 'admin/wizard-gateway', data });

export interface WizardMail {
  steps: StepsLine;
  configured: boolean;
  email: string;
  /** The test message, where one was sent from here. */
  sent: { state: MailState; words: string | undefined } | undefined;
}

export const wizardMailPage = (data: WizardMail): Page => ({ template: 'admin/wizard-mail', data });

/** A test message that could not be sent in that time tells nobody anything. */
const TEST_MAIL_MS = 3_600_000;

const SAVE = { action: '/wizard/gateway', button: 'Save and test it' };

/** The steps of the set-up that reach out: the gateway, and mail. */
export async function wizardNetworkRoutes(
  app: FastifyInstance,
  { runtime, shell }: AdminDeps,
): Promise<void> {
  const { registry, gatewayTests, firstSteps, mail } = runtime.services;
  const config = { role: 'admin' } as const;

  const gatewayOf = (request: FastifyRequest, id: string) =>
    registry.ofSite(request.caller.site).find((one) => one.id === parseGatewayId(id));

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    what: Partial<Pick<WizardGateway, 'kinds' | 'form' | 'test'>>,
    status = 200,
  ): Promise<FastifyReply> {
    const { site } = request.caller;
    const page = wizardGatewayPage({
      steps: stepsLine(await firstSteps.of(site), 'gateway'),
      kinds: undefined,
      form: undefined,
      test: undefined,
      ...what,
      hasDemo: registry.ofSite(site).some(({ kind }) => kind === 'demo'),
    });
    return shell.show(request, reply, page, status);
  }

  app.get('/wizard/gateway', { config }, async (request, reply) => {
    await registry.refresh();
    const gateway = gatewayOf(request, text(request.query, 'gateway'));
    if (gateway) {
      const { id } = gateway;
      const test: TestPage = {
        gateway: id,
        test: shownTest(await gatewayTests.find(gateway)),
        macTyped: '',
        macProblem: undefined,
        next: { href: '/wizard/mail', text: 'Go on' },
        action: `/wizard/gateway/test?gateway=${id}`,
      };
      return show(request, reply, { test });
    }
    const kind = registry.kindNamed(text(request.query, 'kind'));
    if (!kind || kind.kind === 'demo') return show(request, reply, { kinds: routers() });
    return show(request, reply, { form: emptyForm(kind, '', SAVE.action, SAVE.button) });
  });

  /** What can let somebody in for real. */
  const routers = (): KindChoice[] => kindChoices(runtime).filter(({ kind }) => kind !== 'demo');

  app.post('/wizard/gateway', { config }, async (request, reply) => {
    const kind = registry.kindNamed(text(request.body, 'kind'));
    if (!kind) return show(request, reply, { kinds: routers() });
    const saved = await saveForm(runtime, request, kind, SAVE);
    if (saved.status === 'wrong') return show(request, reply, { form: saved.form }, 422);
    const gateway = gatewayOf(request, saved.id);
    if (gateway) await gatewayTests.begin(gateway);
    return shell.goOn(request, reply, `/wizard/gateway?gateway=${saved.id}`);
  });

  app.post('/wizard/gateway/test', { config }, async (request, reply) => {
    const gateway = gatewayOf(request, text(request.query, 'gateway'));
    if (!gateway) throw new AppError('not-found', 'There is no such gateway (any more).');
    const typed = text(request.body, 'mac').trim().slice(0, 40);
    const mac = parseMac(typed);
    const path = `/wizard/gateway?gateway=${gateway.id}`;
    if (typed !== '' && !mac) {
      const flash = `“${typed}” is no hardware address of a device. Right would be 02:00:00:00:00:10.`;
      return shell.goOn(request, reply, path, { text: flash, tone: 'bad' });
    }
    await gatewayTests.begin(gateway, mac);
    return shell.goOn(request, reply, path);
  });

  app.get('/wizard/mail', { config }, async (request, reply) => {
    const { site } = request.caller;
    const id = parseRecordId(text(request.query, 'mail'));
    const found = id === undefined ? undefined : await mail.find(site, id);
    const page = wizardMailPage({
      steps: stepsLine(await firstSteps.of(site), 'mail'),
      configured: mail.configured(),
      email: request.session.person.email,
      sent: found?.kind === 'test' ? { state: found.state, words: found.words } : undefined,
    });
    return shell.show(request, reply, page);
  });

  app.post('/wizard/mail', { config }, async (request, reply) => {
    const to = request.session.person.email;
    const order = { kind: 'test', to, data: {}, expiresAt: runtime.now() + TEST_MAIL_MS } as const;
    const id = await mail.queue(request.caller.site, order);
    return shell.goOn(request, reply, `/wizard/mail?mail=${id}`);
  });
}
