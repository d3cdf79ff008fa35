import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { languageFile } from './language.js';
import type { SyntaxNode } from './syntax.js';

export interface KeptTrees {
  find(key: string): SyntaxNode | undefined;
  keep(key: string, tree: SyntaxNode): void;
}

/** A list of thousands of ids makes a tree of megabytes that hardly anybody asks for again. */
const longestKey = 20_000;
const mostTrees = 500;

/**
 * Bound trees that earlier processes kept, beside the installed packages. Loading the official parser and
 * its first query take more than a second of processor time, and the product sends the same few queries
 * each time. Trees of another version of the parser, or of what reads its answers, are not found.
 */
export const treesOnDisk: KeptTrees = {
  find(key) {
    try {
      return JSON.parse(readFileSync(fileOf(key), 'utf8')) as SyntaxNode;
    } catch {
      return undefined;
    }
  },
  keep(key, tree) {
    if (key.length > longestKey) return;
    const file = fileOf(key);
    const fresh = `${file}.${randomUUID()}`;
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      if (readdirSync(path.dirname(file)).length >= mostTrees) return;
      writeFileSync(fresh, JSON.stringify(tree));
      renameSync(fresh, file);
    } catch {
      // Nobody may write beside the packages: the next process asks the parser again.
    }
  },
};

let folder: string | undefined;

function fileOf(key: string): string {
  folder ??= folderOfThisVersion();
  return path.join(folder, `${digestOf(key)}.json`);
}

function folderOfThisVersion(): string {
  const parser = createRequire(import.meta.url).resolve(
    '@kusto/language-service-next/package.json',
  );
  const version = digestOf(readFileSync(parser, 'utf8'), readFileSync(languageFile, 'utf8'));
  return path.join(path.dirname(parser), '../../.cache/entra-rewind/kql', version);
}

const digestOf = (...texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 32);
