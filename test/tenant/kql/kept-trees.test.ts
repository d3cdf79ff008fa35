import { runKql } from '../../../local/tenant/kql/index.js';
import { treesOnDisk, type KeptTrees } from '../../../local/tenant/kql/kept-trees.js';
import { bind } from '../../../local/tenant/kql/language.js';
import type { SyntaxNode } from '../../../local/tenant/kql/syntax.js';

const now = new Date('2026-11-20T20:50:00Z');
const treeOf = (query: string): SyntaxNode => bind(query, new Map()).tree;
const holding = (tree: SyntaxNode | undefined): KeptTrees & { readonly kept: SyntaxNode[] } => {
  const kept: SyntaxNode[] = [];
  return { kept, find: () => tree, keep: (_, made) => void kept.push(made) };
};

describe('bound queries that an earlier process kept', () => {
  it('run as they were bound, and nothing is bound or kept again', () => {
    const trees = holding(JSON.parse(JSON.stringify(treeOf('print a = 1 + 1'))) as SyntaxNode);

    expect(runKql('print kept = 7', {}, { now, trees }).rows).toEqual([[2]]);
    expect(trees.kept).toEqual([]);
  });

  it('are refused for what they ask, like any other', () => {
    const trees = holding(treeOf('print 1 | evaluate narrow()'));

    expect(() => runKql('print kept = 8', {}, { now, trees })).toThrow(/evaluate/);
  });

  it('are those alone that the parser found nothing wrong with', () => {
    const trees = holding(undefined);

    expect(() => runKql('print nobody + 1', {}, { now, trees })).toThrow(/nobody/);
    expect(trees.kept).toEqual([]);
    runKql('print kept = 9', {}, { now, trees });
    expect(trees.kept).toHaveLength(1);
  });

  it('are found again under the same words alone', () => {
    const tree = treeOf('print 1');
    treesOnDisk.keep('test of kept trees', tree);

    expect(treesOnDisk.find('test of kept trees')).toEqual(JSON.parse(JSON.stringify(tree)));
    expect(treesOnDisk.find('test of kept trees ')).toBeUndefined();
  });
});
