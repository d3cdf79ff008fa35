/**
 * What Teams asks of a card of version 1.5 (inbound fact sheet C.3, C.6, D), for the elements our cards
 * use. An element or property that is not listed is a problem: it may be right, but nobody looked.
 */
type Element = Readonly<Record<string, unknown>>;

const properties: Readonly<Record<string, readonly string[]>> = {
  AdaptiveCard: ['$schema', 'version', 'fallbackText', 'msteams', 'body'],
  TextBlock: ['text', 'size', 'weight', 'style', 'color', 'wrap'],
  FactSet: ['facts'],
  'Input.Text': ['id', 'label', 'isMultiline', 'maxLength'],
  ActionSet: ['actions'],
  'Action.Execute': ['id', 'title', 'style', 'verb', 'data', 'fallback'],
  'Action.OpenUrl': ['title', 'url'],
};
const colors: readonly unknown[] = [
  'Default',
  'Dark',
  'Light',
  'Accent',
  'Good',
  'Warning',
  'Attention',
];

/** Everything wrong with a card; empty when Teams shows it as meant. */
export function cardProblems(card: unknown): string[] {
  const problems: string[] = [];
  const inputs: string[] = [];
  const dataKeys = new Set<string>();
  const root = card as Element;
  if (root['type'] !== 'AdaptiveCard') problems.push('the root is no AdaptiveCard');
  if (root['version'] !== '1.5') problems.push('the version is not 1.5');
  if ((root['msteams'] as Element | undefined)?.['width'] !== 'Full')
    problems.push('not full width');
  if (typeof root['fallbackText'] !== 'string') problems.push('no fallback text');
  look(root, 'card', null);
  for (const id of inputs) if (dataKeys.has(id)) problems.push(`input ${id} overwrites data`);
  for (const size of [JSON.stringify(card).length * 2, Buffer.byteLength(JSON.stringify(card))]) {
    if (size >= 28 * 1024) problems.push(`${size} bytes are too many`);
  }
  return problems;

  function look(element: Element, where: string, parent: string | null): void {
    const type = String(element['type']);
    const known = properties[type];
    if (known === undefined) return void problems.push(`${where}: unknown element ${type}`);
    for (const name of Object.keys(element)) {
      if (name !== 'type' && !known.includes(name)) problems.push(`${where}: ${type}.${name}`);
    }
    checkOne(element, type, where, parent);
    for (const list of ['body', 'actions'] as const) {
      const children = element[list];
      if (children === undefined) continue;
      (children as Element[]).forEach((child, at) => look(child, `${where}.${list}[${at}]`, type));
    }
    const { fallback } = element;
    if (typeof fallback === 'object') look(fallback as Element, `${where}.fallback`, parent);
    else if (fallback !== undefined && fallback !== 'drop') problems.push(`${where}: fallback`);
  }

  function checkOne(element: Element, type: string, where: string, parent: string | null): void {
    const text = (name: string, value: unknown = element[name]): void => {
      if (typeof value !== 'string' || value === '') problems.push(`${where}: no ${name}`);
      else if (/[\n\r]/.test(value)) problems.push(`${where}: a line break in ${name}`);
    };
    if (type === 'TextBlock') {
      text('text');
      const { color } = element;
      if (color !== undefined && !colors.includes(color)) problems.push(`${where}: color`);
    }
    if (type === 'FactSet') {
      for (const fact of element['facts'] as Element[]) {
        text('title', fact['title']);
        text('value', fact['value']);
      }
    }
    if (type === 'Input.Text') {
      text('id');
      text('label');
      inputs.push(String(element['id']));
    }
    if (type === 'Action.Execute') {
      // Old clients drop the fallback of an Action.Execute anywhere else.
      if (parent !== 'ActionSet') problems.push(`${where}: Execute outside an ActionSet`);
      for (const name of ['verb', 'id', 'title']) text(name);
      for (const key of Object.keys(element['data'] as Element)) dataKeys.add(key);
    }
    if (type === 'Action.OpenUrl') {
      text('title');
      if (!/^https:\/\/|^http:\/\/127\.0\.0\.1[:/]/.test(String(element['url']))) {
        problems.push(`${where}: url`);
      }
    }
  }
}
