/** The app of Beckn 1.1 (seed 000). */
import type { Translation } from '../translation.ts';
import { ask, search } from './ask.ts';
import { found } from './places.ts';
import { told } from './told.ts';

export const TRANSLATION_A: Translation = { generation: 'A', version: '1.1.0', answersSearch: 'on_search', search, ask, found, told };
