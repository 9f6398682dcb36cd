import { newId, type SiteId } from '../domain/id.js';
import type { Sealing } from '../domain/sealing.js';
import type { ImportDraftStore } from '../redis/import-drafts.js';

export type ImportDrafts = ReturnType<typeof createImportDrafts>;

/** Keeps a file for the person who sent it, between its check and its import. */
export function createImportDrafts({
  store,
  sealing,
  now,
}: {
  store: ImportDraftStore;
  sealing: Sealing;
  now: () => number;
}) {
  const binding = (site: SiteId, id: string, by: string): string => `${site} ${id} ${by}`;
  return {
    /** Answers with the id by which the same person finds it again, for half an hour, unless newer ones take its place. */
    async keep(site: SiteId, text: string, by: string): Promise<string> {
      const id = newId();
      const sealed = sealing.seal('import', binding(site, id, by), text);
      await store.put(site, { id, who: by, sealed }, now());
      return id;
    },
    /** Undefined when it was somebody else's, or is gone. */
    async find(site: SiteId, id: string, by: string): Promise<string | undefined> {
      const sealed = await store.find(site, id);
      return sealed === undefined ? undefined : sealing.unseal('import', binding(site, id, by), sealed);
    },
    remove: (site: SiteId, id: string): Promise<void> => store.remove(site, id),
  };
}
