import type { NetworkSettings } from './settings.ts';
import type { Translation } from './translation.ts';
import { TRANSLATION_A } from './a/index.ts';
import { TRANSLATION_B } from './b/index.ts';

/** By generation. */
export const TRANSLATIONS: Record<NetworkSettings['generation'], Translation> = { A: TRANSLATION_A, B: TRANSLATION_B };
