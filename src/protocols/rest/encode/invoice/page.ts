/** What a document in PDF is drawn with: text, pairs and tables, on as many pages as they take. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

const require = createRequire(import.meta.url);
/**
 * Both under the SIL Open Font License 1.1; only the glyphs that are used get into a document. Roboto has Latin, Greek, Cyrillic, ₹ and €, and takes a
 * third of the time that Noto Sans takes, which has Devanagari besides.
 */
const ROBOTO = {
  regular: require.resolve('@expo-google-fonts/roboto/400Regular/Roboto_400Regular.ttf'),
  bold: require.resolve('@expo-google-fonts/roboto/600SemiBold/Roboto_600SemiBold.ttf'),
};
const NOTO_SANS = {
  regular: require.resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
  bold: require.resolve('@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'),
};
const known = new Map<string, Buffer>();

export const MARGIN = 50;
const SIZE = 9;
const GREY = '#666666';
const FOOT = 20;

type Document = InstanceType<typeof PDFDocument>;

export interface Page {
  doc: Document;
  width: number;
  /** where the foot begins */
  bottom: number;
}

interface Opening {
  title: string;
  author: string;
  /** of its making, which is written into it: the same document always has the same bytes */
  at: Date;
  /** all that may be written in it, to choose the font by */
  texts: string;
}

export function openPage({ title, author, at, texts }: Opening): Page {
  const doc = new PDFDocument({ size: 'A4', margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOT }, bufferPages: true, info: {
    Title: title, Author: author, CreationDate: at, ModDate: at,
  } });
  for (const [name, path] of Object.entries(/\p{Script=Devanagari}/u.test(texts) ? NOTO_SANS : ROBOTO)) {
    const font = known.get(path) ?? readFileSync(path);
    known.set(path, font);
    doc.registerFont(name, font);
  }
  plain({ doc });
  return { doc, width: doc.page.width - 2 * MARGIN, bottom: doc.page.height - MARGIN - FOOT };
}

function plain({ doc }: Pick<Page, 'doc'>): Document {
  return doc.font('regular').fontSize(SIZE).fillColor('black');
}

function bold({ doc }: Pick<Page, 'doc'>, size = SIZE): Document {
  return doc.font('bold').fontSize(size).fillColor('black');
}

/** A block of lines below a heading; gives where it ends. */
export function block(page: Page, heading: string, lines: readonly string[], { x, y, width, size = SIZE }: { x: number; y: number; width: number; size?: number }): number {
  bold(page, size).text(heading, x, y, { width });
  plain(page);
  for (const line of lines) page.doc.text(line, x, undefined, { width });
  return page.doc.y;
}

/** Names in grey, with their values beside them; gives where they end. */
export function pairs(page: Page, rows: readonly (readonly [string, string])[], { x, y, width }: { x: number; y: number; width: number }): number {
  const label = width * 0.42;
  let at = y;
  for (const [name, value] of rows) {
    plain(page).fillColor(GREY).text(name, x, at, { width: label });
    const end = page.doc.y;
    plain(page).text(value, x + label, at, { width: width - label });
    at = Math.max(end, page.doc.y) + 2;
  }
  return at;
}

export interface Column {
  title: string;
  /** of the width of the page */
  share: number;
  align?: 'right';
}

const GAP = 6;
const PADDING = 4;

/** Rows below a line of titles, which is repeated on each page; gives where it ends. */
export function table(page: Page, columns: readonly Column[], rows: readonly (readonly string[])[], y: number): number {
  const titles = columns.map(({ title }) => title);
  let at = drawRow(page, columns, titles, y, true);
  for (const row of rows) {
    if (at + heightOf(page, columns, row, false) > page.bottom) {
      page.doc.addPage();
      at = drawRow(page, columns, titles, MARGIN, true);
    }
    at = drawRow(page, columns, row, at, false);
  }
  return at;
}

/** Text over the whole width. */
export function paragraph(page: Page, text: string, y: number): void {
  const doc = plain(page);
  doc.text(text, MARGIN, room(page, y, doc.heightOfString(text, { width: page.width })), { width: page.width });
}

/** Begins another page unless there is room for so much. */
export function room(page: Page, y: number, height: number): number {
  if (y + height <= page.bottom) return y;
  page.doc.addPage();
  return MARGIN;
}

function heightOf(page: Page, columns: readonly Column[], cells: readonly string[], isHead: boolean): number {
  const doc = isHead ? bold(page) : plain(page);
  return Math.max(...cells.map((cell, i) => doc.heightOfString(cell, { width: columns[i]!.share * page.width - GAP }))) + 2 * PADDING;
}

function drawRow(page: Page, columns: readonly Column[], cells: readonly string[], y: number, isHead: boolean): number {
  const height = heightOf(page, columns, cells, isHead);
  let x = MARGIN;
  cells.forEach((cell, i) => {
    const { share, align } = columns[i]!;
    page.doc.text(cell, x + (align === 'right' ? GAP : 0), y + PADDING, { width: share * page.width - GAP, ...(align ? { align } : {}) });
    x += share * page.width;
  });
  page.doc.moveTo(MARGIN, y + height).lineTo(MARGIN + page.width, y + height).lineWidth(isHead ? 1 : 0.5).strokeColor(isHead ? 'black' : '#cccccc').stroke();
  return y + height;
}

/** Writes the foot of every page, and gives the document's bytes. */
export function closePage({ doc, width, bottom }: Page, foot: string): Promise<Buffer> {
  const { start, count } = doc.bufferedPageRange();
  for (let i = 0; i < count; i += 1) {
    doc.switchToPage(start + i);
    doc.page.margins.bottom = 0; // or the foot would begin another page
    plain({ doc }).fontSize(SIZE - 2).fillColor(GREY).text(foot, MARGIN, bottom + PADDING, { width: width - 60, height: FOOT, ellipsis: true });
    doc.text(`${i + 1} / ${count}`, MARGIN + width - 50, bottom + PADDING, { width: 50, align: 'right' });
  }
  const chunks: Buffer[] = [];
  return new Promise((done, failed) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(Buffer.concat(chunks))).on('error', failed);
    doc.end();
  });
}
