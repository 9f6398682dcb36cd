import type { TObject } from 'typebox';

/** What is read of a field's schema to turn a typed text into a value. */
interface Shape {
  type?: string;
  secret?: boolean;
  items?: Shape;
  anyOf?: Shape[];
  const?: unknown;
  enum?: unknown[];
}

function readAs(shape: Shape, text: string): unknown {
  const choices = [...(shape.enum ?? []), ...(shape.const === undefined ? [] : [shape.const])];
  const chosen = choices.find((choice) => String(choice) === text.trim());
  if (chosen !== undefined) return chosen;
  if (shape.anyOf) {
    const values = shape.anyOf.map((one) => readAs(one, text));
    return values.find((value) => value !== text) ?? text;
  }
  switch (shape.type) {
    case 'array': {
      const parts = text.split(/[\s,]+/).filter((part) => part !== '');
      return parts.map((part) => readAs(shape.items ?? {}, part));
    }
    case 'boolean':
      return text.trim() === 'true' ? true : text.trim() === 'false' ? false : text;
    case 'number':
    case 'integer':
      return /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

/**
 * The values that typed texts stand for, by the fields of a kind: `3`, `true`, `192.0.2.1,2001:db8::/64`. An empty text
 * and one that is no such value stay texts: whoever checks the fields says what is wrong. An empty secret is one that is
 * taken away.
 */
export function fieldsFromText(
  fields: TObject,
  texts: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const shape = Object.hasOwn(fields.properties, name) ? fields.properties[name] : undefined;
      if (text === '') return [name, (shape as Shape | undefined)?.secret ? null : text];
      return [name, shape === undefined ? text : readAs(shape as Shape, text)];
    }),
  );
}
