import type { Api, Row } from './api.js';
import { createLookup } from './lookup.js';

export const USER = '/ip/hotspot/user';
export const PROFILE = '/ip/hotspot/user/profile';
export const ACTIVE = '/ip/hotspot/active';
export const BINDING = '/ip/hotspot/ip-binding';

export type Menus = ReturnType<typeof createMenus>;

/** The menus of the hotspot that say who is who, with what is read of them. */
export const createMenus = (api: Api) => ({
  users: createLookup(api, USER, 'name', [
    'profile',
    'server',
    'limit-uptime',
    'limit-bytes-total',
    'uptime',
    'comment',
  ]),
  active: createLookup(api, ACTIVE, 'mac-address', ['user', 'address', 'session-time-left']),
  hosts: createLookup(api, '/ip/hotspot/host', 'mac-address', [
    'address',
    'to-address',
    'server',
    'idle-time',
  ]),
  bindings: createLookup(api, BINDING, 'mac-address', ['comment']),
  cookies: createLookup(api, '/ip/hotspot/cookie', 'mac-address', ['user']),
});

/** Every row has one. */
export const idOf = (row: Row): string => row['.id'] ?? '';

/** Where a client of the host table is found: what the hotspot made of its address, where it makes another. */
export const addressOf = (host: Row): string | undefined => host['to-address'] ?? host.address;
