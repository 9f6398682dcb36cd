import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseGatewayId } from '../../domain/id.js';
import type { Capabilities, DriverKind } from '../../drivers/driver.js';
import type { Runtime } from '../../runtime.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import {
  type FormField,
  type FormValues,
  formFields,
  hintOf,
  kindLine,
  readForm,
  textsOf,
} from './gateway-form.js';
import { findGateway } from './gateways.js';

/** One kind to choose. */
export interface KindChoice {
  kind: string;
  label: string;
  line: string;
}

/** Which kind of gateway it is to be. */
export const kindsPage = (data: { kinds: KindChoice[] }): Page => ({ template: 'admin/gateway-kinds', data });

export interface GatewayForm {
  /** `''` for a new one. Not `id`: parts of the page would take that for theirs. */
  named: string;
  idProblem: string | undefined;
  isNew: boolean;
  kind: { kind: string; label: string; line: string; remarks: string[] };
  fields: FormField[];
  guestNetworks: { value: string; hint: string; problem: string | undefined };
  trust: { value: string; forgeable: boolean; problem: string | undefined };
  /** What is wrong and belongs to no field of the form. */
  problems: string[];
  /** Where the form goes. */
  action: string;
  /** The word on its button. */
  button: string;
}

/** The fields of a gateway. */
export const gatewayFormPage = (data: GatewayForm): Page => ({ template: 'admin/gateway-form', data });

const ID_HINT = 'A gateway’s id has 1 to 32 of a-z, 0-9 and -, and no dash at either end: lobby, floor-2.';

/** The kinds of gateway to choose from: what stands for a router last. */
export const kindChoices = ({ services }: Runtime): KindChoice[] =>
  services.registry
    .kinds()
    .map((kind) => ({ kind: kind.kind, label: kind.label, line: kindLine(kind) }))
    .sort((a, b) => Number(a.kind === 'demo') - Number(b.kind === 'demo'));

type Problems = Record<string, string | undefined>;

export interface Draft {
  id: string;
  isNew: boolean;
  values: FormValues;
  problems: Problems;
  action: string;
  button: string;
}

export function formOf(kind: DriverKind, draft: Draft): GatewayForm {
  const { id, isNew, values, problems, action, button } = draft;
  const names = [...Object.keys(kind.fields.properties), 'guestNetworks', 'trust', 'id'];
  const own = kind.defaults.guestNetworks.join(', ');
  return {
    named: id,
    idProblem: problems.id,
    isNew,
    kind: {
      kind: kind.kind,
      label: kind.label,
      line: kindLine(kind),
      remarks: kind.capabilities
        .map(remarkOf)
        .map((remark) => hintOf(remark, names))
        .filter((remark) => remark !== ''),
    },
    fields: formFields(kind, values, problems),
    guestNetworks: {
      value: values.guestNetworks,
      hint: `Networks in which guests have their addresses, one on each line: 10.20.0.0/16.${own === '' ? ' Empty: what the gateway itself knows.' : ` Preset: ${own}.`}`,
      problem: problems.guestNetworks,
    },
    trust: {
      value: values.trust,
      forgeable: kind.capabilities.some(({ forgeable }) => forgeable),
      problem: problems.trust,
    },
    problems: Object.entries(problems).flatMap(([name, message]) =>
      message !== undefined && !names.includes(name) ? [message] : [],
    ),
    action,
    button,
  };
}

const remarkOf = ({ mode, remarks }: Capabilities): string =>
  mode === '' || remarks === '' ? remarks : `${mode.replaceAll('`', '')}: ${remarks}`;

/** The form of a gateway that is not there yet. */
export function emptyForm(kind: DriverKind, id: string, action: string, button: string): GatewayForm {
  const { trust, guestNetworks } = kind.defaults;
  const values = { texts: textsOf(kind, {}), secretsSet: [], guestNetworks: guestNetworks.join('\n'), trust };
  return formOf(kind, { id, isNew: true, values, problems: {}, action, button });
}

export type SavedForm = { status: 'saved'; id: string } | { status: 'wrong'; form: GatewayForm };

/** Saves what a form of this kind was sent with; what was wrong comes back with what was typed, but for secrets. */
export async function saveForm(
  { services }: Runtime,
  request: FastifyRequest,
  kind: DriverKind,
  where: { id?: string; action: string; button: string },
): Promise<SavedForm> {
  const { registry } = services;
  const { site, by } = request.caller;
  const isNew = where.id === undefined;
  const typedId = (where.id ?? text(request.body, 'id').trim()).slice(0, 100);
  const { typed, input } = readForm(kind, request.body, registry.fieldsFromText);
  const id = parseGatewayId(typedId);
  const old = id && registry.get(id);
  const wrong = (problems: Problems): SavedForm => {
    const secretsSet = old && !isNew ? registry.describe(old).secretsSet : [];
    const values = { ...typed, secretsSet };
    const { action, button } = where;
    return { status: 'wrong', form: formOf(kind, { id: typedId, isNew, values, problems, action, button }) };
  };
  // Pages of their own stand at that address.
  if (!id || id === 'new') return wrong({ id: id ? 'The id “new” is taken. Choose another.' : ID_HINT });
  if (isNew && old && old.site === site)
    return wrong({ id: `There is a gateway “${id}” already. Choose another id, or edit that one.` });
  const result = await registry.put(site, id, input, by);
  switch (result.status) {
    case 'saved':
      return { status: 'saved', id };
    case 'taken':
      return wrong({ id: `Another site has a gateway “${id}”. Choose another id.` });
    case 'invalid':
      return wrong(byField(result.problems));
  }
}

/** `/gateways/new` and `/gateways/:id/edit`. */
export async function gatewayEditRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { registry, gatewayTests } = runtime.services;
  const config = { role: 'admin' } as const;
  const NEW = { action: '/gateways/new', button: 'Add this gateway and test it' };

  const chooseKind = (request: FastifyRequest, reply: FastifyReply) =>
    shell.show(request, reply, kindsPage({ kinds: kindChoices(runtime) }));

  app.get('/gateways/new', { config }, async (request, reply) => {
    const kind = registry.kindNamed(text(request.query, 'kind'));
    if (!kind) return chooseKind(request, reply);
    return shell.show(request, reply, gatewayFormPage(emptyForm(kind, '', NEW.action, NEW.button)));
  });

  app.post('/gateways/new', { config }, async (request, reply) => {
    const kind = registry.kindNamed(text(request.body, 'kind'));
    if (!kind) return chooseKind(request, reply);
    const saved = await saveForm(runtime, request, kind, NEW);
    if (saved.status === 'wrong') return shell.show(request, reply, gatewayFormPage(saved.form), 422);
    const gateway = registry.ofSite(request.caller.site).find(({ id }) => id === saved.id);
    if (gateway) await gatewayTests.begin(gateway);
    return shell.goOn(request, reply, `/gateways/${saved.id}/test`);
  });

  app.get('/gateways/:id/edit', { config }, async (request, reply) => {
    const gateway = await findGateway(runtime, request);
    const kind = registry.kindOf(gateway);
    if (!kind) return chooseKind(request, reply);
    const { id, guestNetworks, trust, secretsSet } = registry.describe(gateway);
    const form = formOf(kind, {
      id,
      isNew: false,
      values: {
        texts: textsOf(kind, gateway.fields),
        secretsSet,
        guestNetworks: guestNetworks.join('\n'),
        trust,
      },
      problems: {},
      action: `/gateways/${id}/edit`,
      button: 'Save',
    });
    return shell.show(request, reply, gatewayFormPage(form));
  });

  app.post('/gateways/:id/edit', { config }, async (request, reply) => {
    const gateway = await findGateway(runtime, request);
    const kind = registry.kindOf(gateway);
    if (!kind) return chooseKind(request, reply);
    const { id } = gateway;
    const where = { id, action: `/gateways/${id}/edit`, button: 'Save' };
    const saved = await saveForm(runtime, request, kind, where);
    if (saved.status === 'wrong') return shell.show(request, reply, gatewayFormPage(saved.form), 422);
    return shell.goOn(request, reply, `/gateways/${id}`, {
      text: `Gateway “${id}” is saved. A test shows whether it works.`,
    });
  });
}
