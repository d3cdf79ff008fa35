/** Who the record names when nobody but the product acted. */
export const product = { id: 'entra-rewind', name: 'Entra Rewind' } as const;
