export { createDirectory, type Directory } from './directory.ts';
export { fileRegistry } from './file.ts';
export { dediRegistry, lookupRegistry } from './remote.ts';
export { answerChallenge, requireSignedBy, subscribe } from './subscribe.ts';
export { parseSubscriber, writeSubscriber, type Registry, type Subscriber } from './subscriber.ts';
export { verifySignature, type Verified } from './verify.ts';
