/** The door of Beckn: messages of the open network, taken, answered and sent. */
export { KIND as BECKN_KIND, networkSettings } from './app/index.ts';
export { checkBeckn } from './conformance/index.ts';
export { type Exchange, type HandlerTable } from './exchange/index.ts';
export { askForListing } from './list.ts';
export { openBeckn, type Beckn } from './open.ts';
export { listCatalogs, type PublishedCatalog } from './publish/index.ts';
export { addBecknRoutes } from './routes.ts';
export { startStandIns, type StandIns } from './sandbox/stand-ins.ts';
export { newKeyPair as newBecknKeyPair } from './signing/index.ts';
export { checkMessage, isFile, signMessage, verifyMessage } from './tools.ts';
export { parseMoment } from './wire/index.ts';
