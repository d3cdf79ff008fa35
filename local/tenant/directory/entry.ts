import type { Change, LifeState, LinkName, ObjectType, Properties } from './model.js';

/** One object with its history. Only the store writes it. */
export interface Entry {
  readonly id: string;
  readonly type: ObjectType;
  readonly seq: number;
  readonly properties: Properties;
  state: LifeState;
  links?: Map<LinkName, Set<string>>;
  incoming?: Map<LinkName, Set<string>>;
  /** Oldest first. Absent while the object never changed. */
  changes?: Change[];
}
