import type { DriverKind } from '../../drivers/driver.js';
import { capabilitiesOf } from '../../drivers/driver.js';
import { text, texts } from '../pages/form.js';

/** One field of a kind of gateway, as a form has it. */
export interface FormField {
  /** In the form. */
  name: string;
  label: string;
  hint: string;
  input: 'text' | 'number' | 'checkbox' | 'select' | 'lines' | 'secret';
  required: boolean;
  value: string;
  checked?: boolean;
  options?: { value: string; text: string }[];
  min?: number;
  max?: number;
  maxlength?: number;
  /** A secret that has a value: it stays unless another is typed. */
  isSet?: boolean;
  problem?: string | undefined;
}

/** What is read of a field's schema to draw it. */
interface Shape {
  type?: string;
  secret?: boolean;
  description?: string;
  default?: unknown;
  items?: Shape;
  anyOf?: Shape[];
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

export interface FormValues {
  /** Values of the fields of the kind, as texts; no secret. */
  texts: Readonly<Record<string, string>>;
  /** Secrets that have a value. */
  secretsSet: readonly string[];
  guestNetworks: string;
  trust: string;
}

/** Names of fields are those of the command line and the API; what they stand for is written out. */
const SPELT: Readonly<Record<string, string>> = {
  url: 'URL',
  api: 'API',
  id: 'ID',
  ip: 'IP',
  mac: 'MAC',
  nas: 'NAS',
  ssid: 'SSID',
  uam: 'UAM',
  https: 'https',
  ndsctl: 'ndsctl',
  faskey: 'faskey',
  binauth: 'BinAuth',
  unifi: 'UniFi',
};

/** `disconnectPort` -> `Disconnect port` */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(' ');
  const spelt = words.map((word) => SPELT[word.toLowerCase()] ?? word.toLowerCase()).join(' ');
  return /^[a-z]/.test(words[0] ?? '') && SPELT[(words[0] ?? '').toLowerCase()] === undefined
    ? spelt.charAt(0).toUpperCase() + spelt.slice(1)
    : spelt;
}

/** The description of a field for a page: names in quotes, those of other fields as their labels. */
export const hintOf = (description: string, names: readonly string[]): string =>
  description.replace(/`([^`]+)`/g, (_, code: string) => `“${names.includes(code) ? labelOf(code) : code}”`);

const choicesOf = ({ anyOf, enum: listed, const: only }: Shape): unknown[] | undefined => {
  if (listed) return listed;
  if (only !== undefined) return [only];
  const consts = (anyOf ?? []).map((one) => one.const);
  return consts.length > 0 && consts.every((one) => one !== undefined) ? consts : undefined;
};

const asText = (value: unknown): string =>
  value === undefined || value === null ? '' : Array.isArray(value) ? value.join('\n') : String(value);

/** The values that a form of this kind begins with: those that are set, else the presets. */
export function textsOf(kind: DriverKind, fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(kind.fields.properties as Record<string, Shape>)
      .filter(([, { secret }]) => !secret)
      .map(([name, shape]) => [name, asText(fields[name] ?? shape.default)]),
  );
}

/** What is wrong with a field, beside it: its name and its hint stand there already. */
function problemOf(message: string | undefined, name: string, shape: Shape, value: string) {
  const said = message?.replace(shape.description ?? '', '').trim();
  if (said === `Field ${name} is missing.`) return 'This is missing.';
  if (said !== `Field ${name} is not what it takes.`) return said;
  return shape.secret || value === ''
    ? 'What was typed is not what this field takes.'
    : `“${value.slice(0, 60)}” is not what this field takes.`;
}

/** The fields of a kind as a form draws them. */
export function formFields(
  kind: DriverKind,
  { texts: values, secretsSet }: Pick<FormValues, 'texts' | 'secretsSet'>,
  problems: Readonly<Record<string, string | undefined>> = {},
): FormField[] {
  const { properties } = kind.fields;
  const required: readonly string[] = (kind.fields as { required?: string[] }).required ?? [];
  const names = Object.keys(properties);
  return Object.entries(properties as Record<string, Shape>).map(([name, shape]): FormField => {
    const value = values[name] ?? asText(shape.default);
    const choices = choicesOf(shape);
    const isRequired = required.includes(name) && shape.default === undefined;
    const base = {
      name: `field.${name}`,
      label: labelOf(name),
      hint: hintOf(shape.description ?? '', names),
      required: isRequired,
      value,
      problem: problemOf(problems[name], name, shape, value),
    };
    if (shape.secret) return { ...base, input: 'secret', value: '', isSet: secretsSet.includes(name) };
    if (choices) {
      const options = choices.map((one) => ({ value: String(one), text: String(one) }));
      // What has to be chosen on purpose is not chosen already.
      const empty = shape.default === undefined ? [{ value: '', text: isRequired ? 'Choose…' : '—' }] : [];
      return { ...base, input: 'select', options: [...empty, ...options] };
    }
    if (shape.type === 'boolean') return { ...base, input: 'checkbox', checked: value === 'true' };
    if (shape.type === 'array') return { ...base, input: 'lines' };
    if (shape.type === 'integer' || shape.type === 'number') {
      return {
        ...base,
        input: 'number',
        ...(shape.minimum === undefined ? {} : { min: shape.minimum }),
        ...(shape.maximum === undefined ? {} : { max: shape.maximum }),
      };
    }
    return {
      ...base,
      input: 'text',
      ...(shape.maxLength === undefined ? {} : { maxlength: shape.maxLength }),
    };
  });
}

const FIELD_MOST = 20_000;

/**
 * What a form was sent with: `typed` as the form shows it again, without secrets; `input` as the registry reads it. A secret that was
 * left empty keeps its value unless its removal was asked for.
 */
export function readForm(
  kind: DriverKind,
  body: unknown,
  read: (kind: string, given: Record<string, string>) => Record<string, unknown>,
): { typed: FormValues; input: Record<string, unknown> } {
  const typed: Record<string, string> = {};
  const given: Record<string, string> = {};
  for (const [name, shape] of Object.entries(kind.fields.properties as Record<string, Shape>)) {
    const value = text(body, `field.${name}`).slice(0, FIELD_MOST);
    if (shape.secret) {
      if (texts(body, 'remove').includes(name)) given[name] = '';
      else if (value !== '') given[name] = value;
      continue;
    }
    typed[name] = shape.type === 'boolean' ? String(value === 'true') : value;
    given[name] = typed[name].trim();
  }
  const guestNetworks = text(body, 'guestNetworks').slice(0, FIELD_MOST);
  const trust = text(body, 'trust').slice(0, 20);
  return {
    typed: { texts: typed, secretsSet: [], guestNetworks, trust },
    input: {
      ...read(kind.kind, given),
      kind: kind.kind,
      guestNetworks: guestNetworks.trim(),
      ...(trust === '' ? {} : { trust }),
    },
  };
}

const ORDERS = {
  told: 'Foyer tells it whom to let in.',
  browser: 'The visitor’s own browser brings it the word.',
  asks: 'It asks Foyer whom to let in.',
} as const;

/** One line about a kind, for who chooses. */
export function kindLine({ capabilities: [can] }: DriverKind): string {
  return `${ORDERS[can.orders]} Ends ${can.end}.`;
}

/** What a gateway with these fields can do, in sentences. */
export function capabilityWords(kind: DriverKind, fields: Record<string, unknown>): string[] {
  const can = capabilitiesOf(kind, fields);
  return [
    ORDERS[can.orders],
    `A session ends ${can.end}${can.lagSeconds > 0 ? `, at most ${can.lagSeconds} s late` : ''}.`,
    can.extend
      ? 'A running session can be given a later end.'
      : 'A running session cannot be given another end: the device is let in again when it comes back.',
    can.revoke
      ? 'A device can be sent off before its time.'
      : 'A device cannot be sent off before its time: it stays on until the end that it was let in for.',
    can.list
      ? 'It lists its sessions, so that drift is found and mended.'
      : 'It does not list its sessions, so that drift is not seen.',
    can.identity
      ? 'It tells which device has which address.'
      : 'It does not tell which device has which address.',
    can.limits ? 'It holds rates and volumes of a visit.' : 'It does not hold rates or volumes of a visit.',
    ...(can.remarks === '' ? [] : [can.remarks]),
  ];
}
