/** Teams adds `;messageid=…` to the id of a channel to name the thread; comparisons leave it out. */
export const threadless = (conversationId: string): string =>
  conversationId.replace(/;messageid=[^;]*$/i, '');
