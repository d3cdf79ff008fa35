/**
 * Waits until `look` answers something, looking again every `everyMs`. Fails with what was waited for,
 * and whatever `context` knows, when `ms` are over.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null>,
  options: { ms?: number; everyMs?: number; context?: () => string } = {},
): Promise<T> {
  const { ms = 30_000, everyMs = 100, context = () => '' } = options;
  const deadline = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (Date.now() >= deadline) throw new Error(`waited ${ms} ms for: ${what}\n${context()}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
