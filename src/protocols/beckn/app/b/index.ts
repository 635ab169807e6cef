/** The app of the 2.0 draft (seed 001). */
import type { Translation } from '../translation.ts';
import { ask, search } from './ask.ts';
import { found } from './places.ts';
import { told } from './told.ts';

export const TRANSLATION_B: Translation = { generation: 'B', version: '2.0.0', answersSearch: 'on_discover', search, ask, found, told };
