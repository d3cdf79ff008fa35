import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { coverageDocument } from '../../shared/domain/coverage/coverage-document.js';

const file = path.resolve(import.meta.dirname, '../../docs/coverage.md');

describe('the page on what can be put back', () => {
  it('says what the coverage table says; UPDATE_DOCS=1 rewrites it', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, coverageDocument());

    expect(readFileSync(file, 'utf8')).toBe(coverageDocument());
  });
});
