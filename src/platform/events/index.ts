export { appendEvents, type NewEvent } from './append.ts';
export { readEvents, findEvent, lastPosition, type EventFilter, type StoredEvent } from './read.ts';
export { startEventLog, type EventLog } from './event-log.ts';
export { natsWakeUps, type NatsWakeUps } from './nats-wake-ups.ts';
export { workThrough, type EventWorker } from './work-through.ts';
export { lockReader, moveReader } from './reader.ts';
