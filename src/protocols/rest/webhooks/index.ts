export { startWebhookDelivery, type DeliveryOptions } from './deliver.ts';
export { listDeliveries, readDelivery, replayDelivery, testFire } from './delivery-use-cases.ts';
export { type Attempt, type AttemptFailure, type DeliveryStatus, type WebhookDelivery } from './delivery.ts';
export { type EncodeEvent } from './encode.ts';
export {
  DEFAULT_SECRET_OVERLAP_MS, MAX_DESCRIPTION_CHARS, MAX_EVENT_TYPES, MAX_SECRET_OVERLAP_MS, type DisabledReason, type WebhookEndpoint,
} from './endpoint.ts';
export { WEBHOOK_JOB_KINDS } from './enqueue.ts';
export { startWebhookFanOut, type FanOutOptions } from './fan-out.ts';
export { type Page } from './store.ts';
export {
  createEndpoint, deleteEndpoint, listEndpoints, readEndpoint, rotateSecret, updateEndpoint,
  type EndpointChanges, type EndpointInput, type UrlSettings,
} from './use-cases.ts';
