const recycleBin = /deletedItems/i;
const permanent = /permanentDelete|deletedItems\/[^\s'"]*\/delete\b/i;

/** Every piece of text below a node. */
function textsOf(node, keys) {
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : [];
  if (node.type === 'TemplateElement') return [node.value.cooked ?? ''];
  return (keys[node.type] ?? []).flatMap((key) =>
    [node[key]].flat().flatMap((child) => (child?.type ? textsOf(child, keys) : [])),
  );
}

const isDelete = (callee) =>
  callee?.type === 'MemberExpression' &&
  (callee.property.name ?? callee.property.value) === 'delete';

/** Invariant I4: no code can build a request that deletes from the recycle bin. */
export const noHardDelete = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      hardDelete:
        'This builds a hard delete, which nothing can undo. Restore or soft-delete instead; leave the rest to people.',
    },
  },
  create(context) {
    const { visitorKeys } = context.sourceCode;
    const report = (node) => context.report({ node, messageId: 'hardDelete' });
    const check = (node, deletes) => {
      const texts = textsOf(node, visitorKeys);
      if (!texts.some((text) => recycleBin.test(text))) return;
      if (deletes || texts.some((text) => /^delete$/i.test(text))) report(node);
    };
    return {
      CallExpression: (node) => check(node, isDelete(node.callee)),
      ObjectExpression: (node) => {
        if (node.parent.type !== 'CallExpression') check(node, false);
      },
      Literal: (node) => {
        if (typeof node.value === 'string' && permanent.test(node.value)) report(node);
      },
      TemplateLiteral: (node) => {
        if (permanent.test(node.quasis.map(({ value }) => value.cooked ?? '').join('x')))
          report(node);
      },
    };
  },
};
