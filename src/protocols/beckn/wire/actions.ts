/** Which actions there are, who takes them, and how paths and messages name them. */
import type { Generation } from './generation.ts';

const AFTER_DISCOVERY = ['select', 'init', 'confirm', 'status', 'track', 'update', 'cancel', 'support'];

/** Requests of apps to providers; each is answered by its `on_` callback. */
export const ACTIONS: Record<Generation, readonly string[]> = {
  A: ['search', ...AFTER_DISCOVERY, 'rating'],
  B: ['discover', ...AFTER_DISCOVERY, 'rating'],
  C: ['discover', ...AFTER_DISCOVERY, 'rating', 'catalog_publish'],
  D: ['discover', ...AFTER_DISCOVERY, 'rate', 'catalog_publish'],
};

/** Paths and messages write the catalogue's actions in several ways; here they have one. */
const SPELLINGS: Record<string, string> = {
  'catalog/publish': 'catalog_publish', 'catalog/on_publish': 'on_catalog_publish', 'on_catalog/publish': 'on_catalog_publish',
};

export const plainAction = (text: string): string => SPELLINGS[text] ?? text;

/** The path below a subscriber's URL at which an action is taken. */
export function pathOfAction(action: string): string {
  return Object.entries(SPELLINGS).find(([, plain]) => plain === action)?.[0] ?? action;
}

export const isCallback = (action: string): boolean => action.startsWith('on_');
export const callbackOf = (action: string): string => `on_${action}`;

/** Whether the generation has that action, or the callback of one. */
export function hasAction(generation: Generation, action: string): boolean {
  return ACTIONS[generation].includes(isCallback(action) ? action.slice('on_'.length) : action);
}
