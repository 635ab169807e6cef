import type { Handler } from '../message.ts';

/** Messages that are answered and forgotten: NotifyReport, since nothing here asks for one yet. */
export const acknowledged: Handler = () => ({});
