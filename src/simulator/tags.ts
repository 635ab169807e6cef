/** What a station knows of tags by itself: its local list, and what it was answered before. */
import type { Authorization, Station } from './model.ts';

export function localAuthorization({ settings, localList, cache, clock }: Station, tag: string): Authorization | undefined {
  const known = (settings.flag('localListEnabled') ? localList.tags.get(tag) : undefined) ?? (settings.flag('cacheEnabled') ? cache.get(tag) : undefined);
  return known?.expiresAt !== undefined && known.expiresAt <= clock.now() ? undefined : known;
}

export function learn({ settings, cache }: Station, tag: string, known: Authorization): void {
  if (settings.flag('cacheEnabled')) cache.set(tag, known);
}
