export { type OutboundFailure } from './failures.ts';
export { type Resolve } from './lookup.ts';
export {
  createOutbound, type Outbound, type OutboundAnswer, type OutboundCall, type OutboundCallResult, type OutboundOptions, type OutboundRefusal, type OutboundRequest,
  type OutboundResult,
} from './outbound.ts';
export { checkUrlForm } from './url.ts';
