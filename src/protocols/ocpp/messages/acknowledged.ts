import type { Handler } from '../message.ts';

/** Messages that are answered and forgotten: meter values that belong to no transaction. */
export const acknowledged: Handler = () => ({});
