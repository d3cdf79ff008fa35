/** A number with its noun, as people write it: `1 object`, `2 objects`; `many` where an s is not enough. */
export const counted = (count: number, noun: string, many = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : many}`;
