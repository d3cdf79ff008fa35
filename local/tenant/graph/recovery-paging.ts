import { badRequest, malformed } from './errors.js';
import { nextLink, readCursor } from './present.js';
import type { GraphContext } from './route.js';

/** Default and most of a page (backup fact sheet 2.1). */
const pageSize = 100;
const mostOnPage = 999;

/** The items of this page and, when there are more, the link to the next. */
export function recoveryPage<T>(
  context: GraphContext,
  items: readonly T[],
): { readonly page: readonly T[]; readonly next: Readonly<Record<string, string>> } {
  const size = context.options.top ?? pageSize;
  if (size > mostOnPage) {
    throw badRequest(
      `Invalid page size specified: '${size}'. Must be between 1 and ${mostOnPage} inclusive.`,
    );
  }
  const from = readCursor(context.options, 'after') ?? skipped(context);
  const until = from + size;
  const more = until < items.length;
  return {
    page: items.slice(from, until),
    next: more ? { '@odata.nextLink': nextLink(context, { after: until }) } : {},
  };
}

function skipped({ options }: GraphContext): number {
  const text = options.raw.get('$skip') ?? '0';
  if (!/^\d{1,9}$/.test(text)) {
    throw malformed(`Invalid value '${text}' for $skip query option found.`);
  }
  return Number(text);
}

/** Only the members selected, and the annotations. */
export function selected(
  body: Readonly<Record<string, unknown>>,
  select: readonly string[] | null,
): Record<string, unknown> {
  if (select === null) return { ...body };
  const unknown = select.find((name) => !(name in body));
  if (unknown !== undefined) {
    throw malformed(
      `Parsing OData Select and Expand failed: Could not find a property named '${unknown}'.`,
    );
  }
  const kept = Object.entries(body).filter(
    ([name]) => name.startsWith('@') || select.includes(name),
  );
  return Object.fromEntries(kept);
}
