import type { Answer, Asked, Reply } from './http-router.js';

/** The conventions of RouterOS' REST API: rows of text, its errors, its ways to say the same thing. */

export type Row = Record<string, string>;

/** What the console says where it does not do it. */
export class Trap extends Error {
  readonly status: number;
  constructor(detail: string, status = 400) {
    super(detail);
    this.status = status;
  }
}

export interface Menu {
  /** A menu of one row: `/system/resource`. */
  single?: boolean;
  /** Nobody adds or sets here. */
  readOnly?: boolean;
  /** What may be written. */
  parameters: readonly string[];
  rows(): Row[];
  /** Checks and completes. */
  add?(values: Row): Row;
  set?(row: Row, values: Row): void;
  remove?(row: Row): void;
  /** Commands beyond those of every menu. */
  commands?: Record<string, (values: Row) => void>;
}

export interface RestOptions {
  menus: Record<string, Menu>;
  /** The credential, and whether it may be used from where the call comes. */
  admits(authorization: string | undefined): boolean;
  /** Policies of the group. */
  may(policy: 'read' | 'write'): boolean;
  /** Ids in the path are refused, as 7.21.3 does. */
  pathIds(): boolean;
  addStatus(): number;
  /** Commands are answered with nothing at all. */
  silent?(): boolean;
  /** Runs before each call. */
  before?(): void;
  /** Did it, and says that it did not. */
  deceives?(command: string): boolean;
  /** Menus that show nothing though they hold something. */
  hides?(menu: string): boolean;
}

const MESSAGES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  500: 'Internal Server Error',
  501: 'Not Implemented',
};

const errorBody = (status: number, detail?: string): Reply => ({
  status,
  body: { error: status, message: MESSAGES[status], ...(detail === undefined ? {} : { detail }) },
});

/** What is empty is not shown. */
const shown = (row: Row, proplist?: readonly string[]): Row =>
  Object.fromEntries(
    Object.entries(row).filter(
      ([key, value]) =>
        value !== '' && !key.startsWith('_') && (key === '.id' || !proplist || proplist.includes(key)),
    ),
  );

const listOf = (value: unknown): string[] | undefined =>
  value === undefined ? undefined : Array.isArray(value) ? value.map(String) : String(value).split(',');

export function restOf(options: RestOptions): Answer {
  const { menus } = options;

  const menuOf = (path: string): Menu => {
    const menu = menus[path];
    if (!menu) throw new Trap(`no such command or directory (${path.split('/').at(-1)})`);
    return menu;
  };

  function print(path: string, query: readonly string[], proplist?: readonly string[]): Row[] {
    if (!options.may('read')) throw new Trap('not enough permissions (9)', 500);
    const menu = menuOf(path);
    if (options.hides?.(path)) return [];
    const conditions = query.map((word) => /^([^=]+)=(.*)$/s.exec(word)?.slice(1) ?? [word, '']);
    return menu
      .rows()
      .filter((row) => conditions.every(([key = '', value]) => row[key] === value))
      .map((row) => shown(row, proplist));
  }

  function byId(menu: Menu, id: string | undefined): Row {
    if (id === undefined) throw new Trap('missing =.id=');
    const row = menu.rows().find((row) => row['.id'] === id || row.name === id);
    if (!row) throw new Trap('', 404);
    return row;
  }

  function checked(menu: Menu, values: Row): Row {
    if (!options.may('write')) throw new Trap('not enough permissions (9)', 500);
    if (menu.readOnly) throw new Trap('no such command');
    for (const [key, value] of Object.entries(values)) {
      if (typeof value !== 'string') throw new Trap(`value of ${key} must be text`);
      if (!menu.parameters.includes(key)) throw new Trap(`unknown parameter ${key}`);
    }
    return values;
  }

  function add(path: string, values: Row): Row {
    const menu = menuOf(path);
    const row = menu.add?.(checked(menu, values));
    if (!row) throw new Trap('no such command');
    return row;
  }

  function set(path: string, { '.id': id, ...values }: Row): void {
    const menu = menuOf(path);
    checked(menu, values);
    menu.set?.(byId(menu, id), values);
  }

  function remove(path: string, id: string | undefined): void {
    const menu = menuOf(path);
    if (!options.may('write')) throw new Trap('not enough permissions (9)', 500);
    if (id === undefined) throw new Trap('missing =.id=');
    for (const one of id.split(',')) {
      const row = byId(menu, one);
      if (!menu.remove) throw new Trap('no such command');
      menu.remove(row);
    }
  }

  function command(path: string, body: Row & Record<string, unknown>): unknown {
    const at = path.lastIndexOf('/');
    const [menu, verb] = [path.slice(0, at), path.slice(at + 1)];
    const own = menus[menu]?.commands?.[verb];
    if (own) own(body);
    else if (verb === 'print') return print(menu, listOf(body['.query']) ?? [], listOf(body['.proplist']));
    else if (verb === 'add') return [{ ret: add(menu, body)['.id'] }];
    else if (verb === 'set') set(menu, body);
    else if (verb === 'remove') remove(menu, body['.id']);
    else throw new Trap(`no such command or directory (${verb})`);
    return [];
  }

  function read(path: string, query: URLSearchParams): unknown {
    const proplist = listOf(query.get('.proplist') ?? undefined);
    const words = [...query].filter(([key]) => key !== '.proplist').map(([key, value]) => `${key}=${value}`);
    const menu = menus[path];
    if (menu?.single) {
      if (!options.may('read')) throw new Trap('not enough permissions (9)', 500);
      return shown(menu.rows()[0] ?? {}, proplist);
    }
    if (menu) return print(path, words, proplist);
    const at = path.lastIndexOf('/');
    return shown(byId(menuOf(path.slice(0, at)), decodeURIComponent(path.slice(at + 1))), proplist);
  }

  function byPath({ method, path }: Asked, body: Row): Reply {
    const at = path.lastIndexOf('/');
    const [menu, id] = [path.slice(0, at), path.slice(at + 1)];
    if (menus[path] || options.pathIds() || !id.startsWith('*'))
      throw new Trap('missing or invalid resource identifier');
    if (method === 'PATCH') set(menu, { ...body, '.id': id });
    else remove(menu, id);
    return method === 'PATCH' ? { body: shown(byId(menuOf(menu), id)) } : { status: 204, body: '' };
  }

  function dispatch(asked: Asked, path: string): Reply {
    const body = (asked.json ?? {}) as Row;
    const on = { ...asked, path };
    if (asked.method === 'HEAD') return errorBody(501);
    if (asked.method === 'GET') return { body: read(path, asked.query) };
    if (asked.method === 'PUT') return { status: options.addStatus(), body: shown(add(path, body)) };
    if (asked.method === 'PATCH' || asked.method === 'DELETE') return byPath(on, body);
    const done = command(path, body);
    const said = Array.isArray(done) && done.length > 0;
    return options.silent?.() && !said && !path.endsWith('/print') ? { body: '' } : { body: done };
  }

  return (asked) => {
    options.before?.();
    if (!options.admits(asked.headers.authorization)) return errorBody(401);
    if (!asked.path.startsWith('/rest/')) return { status: 404, body: '<html>not found</html>' };
    const path = asked.path.slice('/rest'.length);
    try {
      const reply = dispatch(asked, path);
      return options.deceives?.(path) ? errorBody(400, 'failure: something') : reply;
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      return errorBody(error.status, error.message || undefined);
    }
  };
}
