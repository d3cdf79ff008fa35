/**
 * The message of whatever was thrown. By shape and not by `instanceof`: an error of Node's own comes
 * from another realm when modules run inside a vm.
 */
export function errorText(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    return String(thrown.message);
  }
  return String(thrown);
}
