import type { NetworkSettings } from './settings.ts';
import type { Translation } from './translation.ts';
import { TRANSLATION_B } from './b/index.ts';

/** By generation. */
export const TRANSLATIONS: Record<NetworkSettings['generation'], Translation> = { B: TRANSLATION_B };
