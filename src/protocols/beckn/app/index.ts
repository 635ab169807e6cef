/** The app's side: what drivers of ours buy from other providers. */
export { appHandlersOf } from './handlers.ts';
export { createBecknPort, KIND } from './port.ts';
export { settingsOf as networkSettings } from './settings.ts';
export { TRANSLATIONS } from './translations.ts';
