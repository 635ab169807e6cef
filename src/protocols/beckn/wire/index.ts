export { callbackOf, hasAction, isCallback, pathOfAction, plainAction } from './actions.ts';
export { readAcknowledgement, writeAcknowledgement, writeError, type CandidateForm, type ReadAcknowledgement, type WireError } from './acknowledge.ts';
export { BusinessError, errorOfBusiness, errorOfDomain, errorOfRefusal, type BusinessCode } from './codes.ts';
export { parseContext, repeatedFields, writeContext, type MessageContext } from './context.ts';
export { generationOf, generationOfText, isFields, SPOKEN, type Fields, type Generation } from './generation.ts';
export { parseBody } from './parse.ts';
export { formatDuration, formatMoment, parseDuration, parseMoment } from './times.ts';
