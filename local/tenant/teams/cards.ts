import type { JsonObject, StoredActivity } from './activities.js';

export const cardContentType = 'application/vnd.microsoft.card.adaptive';

/** An `Action.Execute` somewhere in a card. */
export interface ExecuteAction {
  readonly title: string | undefined;
  readonly verb: string | undefined;
  readonly id: string | undefined;
  readonly data: JsonObject;
}

/** The adaptive cards attached to a message. */
export function cardsOf(activity: JsonObject): readonly JsonObject[] {
  const attachments = Array.isArray(activity['attachments']) ? activity['attachments'] : [];
  return attachments
    .filter(isObject)
    .filter((attachment) => attachment['contentType'] === cardContentType)
    .map((attachment) => attachment['content'])
    .filter(isObject);
}

/** Every `Action.Execute` that a person can press; the automatic `refresh` is none. */
export function executeActions(card: JsonObject): readonly ExecuteAction[] {
  return elements({ ...card, refresh: undefined })
    .filter((element) => element['type'] === 'Action.Execute')
    .map((action) => ({
      title: text(action['title']),
      verb: text(action['verb']),
      id: text(action['id']),
      data: isObject(action['data']) ? action['data'] : {},
    }));
}

/** Input ids of a card with the values they start with. */
export function inputsOf(card: JsonObject): ReadonlyMap<string, unknown> {
  const inputs = elements(card).filter((element) => spelled(element['type']).startsWith('Input.'));
  return new Map(inputs.map((input) => [spelled(input['id']), input['value']]));
}

/** Why Teams would refuse a card, null when it shows it (inbound fact sheet D, C.3). */
export function cardProblem(card: JsonObject): string | null {
  if (card['type'] !== 'AdaptiveCard') return 'The card has no type AdaptiveCard.';
  const version = /^1\.([0-5])$/.exec(spelled(card['version']))?.[1];
  if (version === undefined) return 'The card version is missing or above 1.5.';
  if (executeActions(card).length > 0 && Number(version) < 4) {
    return 'Action.Execute needs card version 1.4.';
  }
  return null;
}

/** The pressable card: the newest with that verb, of that incident if one is named. */
export function findPressable(
  activities: readonly StoredActivity[],
  verb: string,
  incidentId: string | undefined,
): { activity: StoredActivity; card: JsonObject; action: ExecuteAction } | null {
  for (const activity of activities) {
    for (const card of cardsOf(activity.activity)) {
      const action = executeActions(card).find(
        (one) =>
          one.verb === verb && (incidentId === undefined || one.data['incidentId'] === incidentId),
      );
      if (action !== undefined) return { activity, card, action };
    }
  }
  return null;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object and every object below it, in document order. */
function elements(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(elements);
  if (!isObject(value)) return [];
  return [value, ...Object.values(value).flatMap(elements)];
}

/** Text, or a number as text: a card may carry its version or an id as either. */
function spelled(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
