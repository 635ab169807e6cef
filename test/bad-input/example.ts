import type { World } from './world.ts';

/** A request that is accepted. */
export interface Example {
  /** in the place of `{id}` */
  id?: string;
  /** in the places of other names in the path */
  params?: Record<string, string>;
  query?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Those of an operation. */
export type Examples = (world: World) => Promise<Example[]> | Example[];
