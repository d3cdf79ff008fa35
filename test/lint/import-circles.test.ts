import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '../..');
const rooms = ['functions', 'orchestrations', 'shared', 'local', 'test'];

/** What each file imports of our own, types included: the linter's own check does not follow those. */
function importsOf(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(files);
  const read = (file: string): string[] =>
    ts
      .preProcessFile(readFileSync(path.join(root, file), 'utf8'), true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith('.'))
      .map((name) => path.join(path.dirname(file), name).replace(/\.js$/, '.ts'))
      .filter((name) => known.has(name));
  return new Map(files.map((file) => [file, read(file)]));
}

/** The shortest way from a file back to itself, for each file that has one. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Map<string, string>();
  for (const start of imports.keys()) {
    const way = wayBack(start, imports);
    const key = [...(way ?? [])].sort().join();
    if (way !== null && !found.has(key)) found.set(key, [...way, start].join(' -> '));
  }
  return [...found.values()];
}

function wayBack(
  start: string,
  imports: ReadonlyMap<string, readonly string[]>,
): readonly string[] | null {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of imports.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return way;
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return null;
}

const sources = rooms.flatMap((room) =>
  readdirSync(path.join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(room, file)),
);

describe('imports', () => {
  it('never lead from a file back to itself', () => {
    expect(circles(importsOf(sources))).toEqual([]);
  });

  it('are told as the way round when they do', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
    ]);

    expect(circles(imports)).toEqual(['a -> b -> c -> a']);
  });

  it('are followed where they import nothing but types', () => {
    const [from, to] = ['shared/domain/incident/incident.ts', 'shared/domain/identities.ts'];

    expect(importsOf([from, to]).get(from)).toEqual([to]);
  });
});
