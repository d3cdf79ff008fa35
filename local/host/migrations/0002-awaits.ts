/** Version 2: what an instance waits for from outside, and which children a parent waits for. */
export const awaits = `
ALTER TABLE instances ADD COLUMN awaits TEXT;
CREATE INDEX waiters_of_parent ON waiters (parent_id);
`;
