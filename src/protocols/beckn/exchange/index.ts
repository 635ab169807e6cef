export { answerReceived } from './answer.ts';
export { ask, request, type Asked, type AskedOne, type Question } from './ask.ts';
export { deliver } from './deliver.ts';
export { createExchange, type AdapterSettings, type BecknSettings, type Exchange, type NewExchange } from './exchange.ts';
export { type Answer, type BecknMessage, type Handler, type HandlerTable } from './handler.ts';
export { look, startLooking, type Looking } from './look.ts';
export { receive, type Incoming, type Reply } from './receive.ts';
export { bodyOf, sendCallback, type Answered, type Callback } from './send.ts';
export { forget } from './store.ts';
