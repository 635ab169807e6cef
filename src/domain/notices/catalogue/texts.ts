import type { NoticeKind, NoticeValues } from '../notice.ts';
import type { Format } from './format.ts';

/** The texts of one language: a title and a text by kind. What is missing does not compile. */
export type Catalogue = { [K in NoticeKind]: (values: NoticeValues[K], format: Format) => { title: string; text: string } };
