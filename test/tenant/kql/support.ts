import type { KqlDatabase, KqlResult } from '../../../local/tenant/kql/index.js';
import { KqlError, runKql } from '../../../local/tenant/kql/index.js';

export const now = new Date('2026-03-10T12:00:00Z');

/** Few rows that hold every null, a nested dynamic and a seven-digit fraction. */
export const sample: KqlDatabase = {
  T: {
    columns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'name', type: 'string' },
      { name: 'n', type: 'int' },
      { name: 'd', type: 'dynamic' },
      { name: 'r', type: 'real' },
      { name: 'ok', type: 'bool' },
      { name: 'id', type: 'guid' },
      { name: 'took', type: 'timespan' },
    ],
    rows: [
      [
        '2026-03-09T10:00:00.1234567Z',
        'Alpha one',
        1,
        { tags: ['x', 'y'], who: { id: 'u1' } },
        1.5,
        true,
        'AAAAAAAA-0000-0000-0000-000000000001',
        '00:00:01.5000000',
      ],
      ['2026-03-09T11:00:00Z', 'beta-two', 2, { tags: [], who: null }, 2.5, false, null, null],
      ['2026-03-10T09:30:00Z', 'ALPHA', 3, { tags: 'x' }, null, null, null, '1.00:00:00'],
      ['2026-03-10T11:59:59.9999999Z', '', null, null, null, true, null, null],
    ],
    ingestedAt: (row) => `2026-03-10T12:0${row}:00Z`,
  },
  U: {
    columns: [
      { name: 'name', type: 'string' },
      { name: 'amount', type: 'long' },
    ],
    rows: [
      ['Alpha one', 10],
      ['Alpha one', 20],
      ['beta-two', 30],
      ['nobody', 40],
    ],
  },
};

export function run(query: string, database: KqlDatabase = sample): KqlResult {
  return runKql(query, database, { now });
}

/** The rows of the answer. */
export function rows(query: string, database: KqlDatabase = sample): unknown[][] {
  return run(query, database).rows;
}

/** The value of a scalar expression. */
export function value(expression: string): unknown {
  return rows(`print ${expression}`)[0]?.[0];
}

/** `name:type` of the answer's columns. */
export function header(query: string): string {
  return run(query)
    .columns.map(({ name, type }) => `${name}:${type}`)
    .join(' ');
}

/** The error a query ends with; fails when it ends well. */
export function failure(query: string, database: KqlDatabase = sample): KqlError {
  try {
    run(query, database);
  } catch (error) {
    if (error instanceof KqlError) return error;
    throw error;
  }
  throw new Error(`The query was answered: ${query}`);
}
