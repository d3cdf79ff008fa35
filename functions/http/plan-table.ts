import { stringify } from 'csv-stringify/sync';
import type { Known } from '../../shared/domain/json.js';
import type { Delta, PlannedObject } from '../../shared/domain/plan/plan.js';

const columns = [
  'objectId',
  'objectType',
  'displayName',
  'privileged',
  'property',
  'class',
  'action',
  'now',
  'then',
  'reason',
  'evidence',
] as const;
type Row = Record<(typeof columns)[number], string>;

/**
 * One row per difference and one per thing left to people. Names and values are attacker input: a cell
 * that a spreadsheet would run as a formula is defused, and every text stays in one line.
 */
export function planTable(objects: readonly PlannedObject[]): string {
  return stringify(objects.flatMap(rowsOf), {
    header: true,
    columns: [...columns],
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}

function rowsOf(object: PlannedObject): Row[] {
  const { objectId, objectType, displayName, privileged } = object;
  const common = {
    objectId,
    objectType,
    displayName: oneLine(displayName),
    privileged: String(privileged),
  };
  return [
    ...object.deltas.map((delta) => ({ ...common, ...cellsOf(delta) })),
    ...object.residual.map(({ kind, what, todo }) => ({
      ...common,
      property: '',
      class: kind,
      action: 'by hand',
      now: '',
      then: '',
      reason: oneLine(`${what} ${todo}`),
      evidence: '',
    })),
  ];
}

const cellsOf = (
  delta: Delta,
): Omit<Row, 'objectId' | 'objectType' | 'displayName' | 'privileged'> => ({
  property: oneLine(delta.property),
  class: delta.class,
  action: delta.action ?? 'none',
  now: shown(delta.now),
  then: shown(delta.then),
  reason: oneLine(delta.reason),
  evidence: delta.evidence.join(' '),
});

function shown(known: Known): string {
  if (!known.known) return oneLine(`unknown: ${known.why}`);
  return oneLine(typeof known.value === 'string' ? known.value : JSON.stringify(known.value));
}

/** Line breaks, tabs, controls and direction marks become blanks: a row stays a row, and reads as it is. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
