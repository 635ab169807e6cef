import type { Handler } from '../message.ts';

/** We know no vendor's own messages. */
export const dataTransfer: Handler = () => ({ status: 'UnknownVendorId' });
