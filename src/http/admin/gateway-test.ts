import type { FastifyInstance } from 'fastify';
import { parseMac } from '../../domain/mac.js';
import { DriverError } from '../../drivers/driver.js';
import { AppError } from '../../errors.js';
import { rulesContext } from '../../services/doctor.js';
import type { ShownTest } from '../../services/gateway-test.js';
import { TEST_STEPS } from '../../services/round-trip.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { findGateway } from './gateways.js';

const STEP_WORDS: Readonly<Record<(typeof TEST_STEPS)[number], string>> = {
  'log in': 'Reach it and log in',
  'look up': 'Look up who is there',
  'let in': 'Let a device in for a minute',
  see: 'See it in the list',
  'send off': 'Send it off',
};

const VERDICTS = {
  ok: { text: 'works', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  skipped: { text: 'left out', tone: '' },
  running: { text: 'running', tone: 'warn' },
  waiting: { text: 'waits', tone: '' },
} as const;

/** A test as a page shows it: every step, also those to come. */
export function shownTest(test: ShownTest | undefined) {
  if (!test) return undefined;
  const done = test.result?.steps ?? test.steps;
  const steps = TEST_STEPS.map((name, i) => {
    const step = done.find((one) => one.step === name);
    const verdict = step?.verdict ?? (test.result || i > done.length ? 'waiting' : 'running');
    return { title: STEP_WORDS[name], ms: step?.ms ?? 0, says: step?.says ?? '', ...VERDICTS[verdict] };
  });
  return {
    startedAt: test.startedAt,
    mac: test.mac,
    running: test.result === undefined,
    ok: test.result?.ok ?? false,
    problems: test.result?.problems ?? [],
    // Of one that ended before its first step, nothing is to be seen of the others.
    steps: test.result && test.result.steps.length === 0 ? [] : steps,
  };
}

export interface TestPage {
  gateway: string;
  test: ReturnType<typeof shownTest>;
  macTyped: string;
  macProblem: string | undefined;
  /** Where to go on to. */
  next: { href: string; text: string } | undefined;
  /** Where the form goes. */
  action: string;
}

/** A test, as it goes. */
export const testPage = (data: TestPage): Page => ({ template: 'admin/gateway-test', data });

export interface RulesPage {
  gateway: string;
  label: string;
  /** Undefined where there is nothing to put on the router. */
  rules: string | undefined;
  /** Why it cannot be said yet. */
  problem: string | undefined;
  files: string[];
}

/** What belongs on the router. */
export const rulesPage = (data: RulesPage): Page => ({ template: 'admin/gateway-rules', data });

/** `/gateways/:id/test` and `/gateways/:id/rules`. */
export async function gatewayTestRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { registry, gatewayTests } = runtime.services;
  const config = { role: 'admin' } as const;

  const pageFor = (id: string, test: ShownTest | undefined, typed = '', problem?: string): Page =>
    testPage({
      gateway: id,
      test: shownTest(test),
      macTyped: typed,
      macProblem: problem,
      next: undefined,
      action: `/gateways/${id}/test`,
    });

  app.get('/gateways/:id/test', { config }, async (request, reply) => {
    const gateway = await findGateway(runtime, request);
    return shell.show(request, reply, pageFor(gateway.id, await gatewayTests.find(gateway)));
  });

  app.post('/gateways/:id/test', { config }, async (request, reply) => {
    const gateway = await findGateway(runtime, request);
    const typed = text(request.body, 'mac').trim().slice(0, 40);
    const mac = typed === '' ? undefined : parseMac(typed);
    if (typed !== '' && !mac) {
      const problem = `“${typed}” is no hardware address of a device. Right would be 02:00:00:00:00:10.`;
      const page = pageFor(gateway.id, await gatewayTests.find(gateway), typed, problem);
      return shell.show(request, reply, page, 422);
    }
    const begun = await gatewayTests.begin(gateway, mac);
    return shell.goOn(
      request,
      reply,
      `/gateways/${gateway.id}/test`,
      begun === 'running' ? { text: 'A test of this gateway runs already.', tone: 'warn' } : undefined,
    );
  });

  const contextOf = (gateway: Parameters<typeof rulesContext>[0]) =>
    rulesContext(gateway, { guestPort: runtime.guestPort(), portalUrl: runtime.portalUrl() });

  /** Whatever is not set up yet is told, not thrown. */
  async function said<T>(work: () => Promise<T> | undefined): Promise<{ value?: T; problem?: string }> {
    try {
      const value = await work();
      return value === undefined ? {} : { value };
    } catch (error) {
      if (error instanceof DriverError) return { problem: error.message };
      throw error;
    }
  }

  app.get('/gateways/:id/rules', { config }, async (request, reply) => {
    const gateway = await findGateway(runtime, request);
    const kind = registry.kindOf(gateway);
    const rules = await said(async () => kind?.rules?.(contextOf(gateway)));
    const files = await said(async () => kind?.files?.(contextOf(gateway)));
    const page = rulesPage({
      gateway: gateway.id,
      label: kind?.label ?? gateway.kind,
      rules: rules.value,
      problem: rules.problem ?? files.problem,
      files: (files.value ?? []).map(({ name }) => name),
    });
    return shell.show(request, reply, page);
  });

  app.get('/gateways/:id/files/:name', { config }, async (request, reply) => {
    const gateway = await findGateway(runtime, request);
    const { value = [] } = await said(async () => registry.kindOf(gateway)?.files?.(contextOf(gateway)));
    const file = value.find(({ name }) => name === text(request.params, 'name'));
    if (!file) throw new AppError('not-found', 'This gateway needs no such file.');
    return reply
      .type('application/octet-stream')
      .header('Content-Disposition', `attachment; filename="${file.name.replace(/[^A-Za-z0-9._-]/g, '_')}"`)
      .header('Content-Security-Policy', "default-src 'none'; sandbox")
      .send(file.content);
  });
}
